import { expect, test } from 'vitest';
import { openTerminal } from './terminal.ts';

function streams(isTTY: boolean) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) =>
    ({
      isTTY,
      columns: 20,
      write: (text: string) => void (written[name] += text),
    }) as unknown as NodeJS.WriteStream;
  return { written, stdout: stream('stdout'), stderr: stream('stderr') };
}

test('results go to standard output, everything for a person to standard error', () => {
  const { written, stdout, stderr } = streams(false);
  const terminal = openTerminal({ stdout, stderr, hasColor: true });
  terminal.say('working');
  terminal.redraw(['1 of 2']);
  terminal.print('{"done":true}');
  expect(written).toEqual({ stdout: '{"done":true}\n', stderr: 'working\n' });
});

test('without a terminal there are no colours and no live lines', () => {
  const { stdout, stderr } = streams(false);
  const terminal = openTerminal({ stdout, stderr, hasColor: true });
  expect(terminal.colors.red('x')).toBe('x');
  expect(terminal.isLive).toBe(false);
});

test('NO_COLOR keeps live lines and leaves out colours', () => {
  const { stdout, stderr } = streams(true);
  const terminal = openTerminal({ stdout, stderr, hasColor: false });
  expect(terminal.colors.red('x')).toBe('x');
  expect(terminal.isLive).toBe(true);
});

test('live lines are drawn over, and cut to the width with full-width characters counted twice', () => {
  const { written, stdout, stderr } = streams(true);
  const terminal = openTerminal({ stdout, stderr, hasColor: false });
  terminal.redraw(['first', 'second']);
  terminal.redraw(['가나다라마바사아자차카']);
  terminal.say('done');
  expect(written.stderr).toBe(
    'first\nsecond\n\u001b[2A\u001b[0J가나다라마바사아자\u001b[0m\n\u001b[1A\u001b[0Jdone\n',
  );
});
