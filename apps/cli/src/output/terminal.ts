import pc from 'picocolors';

/** Where a command writes. Results go to standard output, everything meant for a person watching to standard error. */
export interface Terminal {
  readonly colors: ReturnType<typeof pc.createColors>;
  /** A person watches standard error, so lines may be drawn over. */
  readonly isLive: boolean;
  /** One result on standard output. */
  print(line: string): void;
  /** Resolves when standard output has taken what was printed, so that a slow reader bounds a fast writer. */
  drained(): Promise<void>;
  /** One line for a person on standard error. Ends the live area. */
  say(line: string): void;
  /** Replaces the live area by these lines; writes nothing when nobody watches. */
  redraw(lines: readonly string[]): void;
}

export interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly hasColor: boolean;
}

export function openTerminal({ stdout, stderr, hasColor }: TerminalOptions): Terminal {
  let liveLines = 0;
  const isLive = stderr.isTTY === true;
  const clearLive = () => {
    if (liveLines > 0) stderr.write(`\u001b[${liveLines}A\u001b[0J`);
    liveLines = 0;
  };
  return {
    colors: pc.createColors(hasColor && isLive),
    isLive,
    print(line) {
      clearLive();
      stdout.write(`${line}\n`);
    },
    drained: () =>
      stdout.writableNeedDrain
        ? new Promise((resolve) => void stdout.once('drain', () => resolve()))
        : Promise.resolve(),
    say(line) {
      clearLive();
      stderr.write(`${line}\n`);
    },
    redraw(lines) {
      if (!isLive) return;
      clearLive();
      const width = stderr.columns ?? 120;
      stderr.write(lines.map((line) => `${cut(line, width)}\n`).join(''));
      liveLines = lines.length;
    },
  };
}

/** Cuts a line to the width of the terminal, so that one line stays one row. Colour codes take no room. */
function cut(line: string, width: number): string {
  let room = width - 1;
  let end = 0;
  for (const [token] of line.matchAll(/\u001b\[\d+m|./gsu)) {
    const columns = token.startsWith('\u001b') ? 0 : columnsOf(token);
    if (columns > room) return `${line.slice(0, end)}\u001b[0m`;
    room -= columns;
    end += token.length;
  }
  return line;
}

/** Hangul, CJK and full-width characters take two columns. */
const columnsOf = (character: string): number =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
    character,
  )
    ? 2
    : 1;
