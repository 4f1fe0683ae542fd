import type { Terminal } from './terminal.ts';

const lineMs = 5_000;

/** Shows how far long work is: live at a terminal, a line every few seconds elsewhere. The text is made when it is shown. */
export function createProgress(terminal: Terminal): (line: () => string) => void {
  let lastMs = performance.now();
  return (line) => {
    const nowMs = performance.now();
    const isDue = nowMs - lastMs >= (terminal.isLive ? liveMs : lineMs);
    if (!isDue) return;
    lastMs = nowMs;
    if (terminal.isLive) terminal.redraw([line()]);
    else terminal.say(line());
  };
}

const liveMs = 100;
