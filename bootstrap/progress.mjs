/** One line for the person who waits; on stderr, because stdout belongs to the command. */
export function say(text) {
  process.stderr.write(`headwater: ${text}\n`);
}

/** A line that is rewritten in a terminal, and repeated every ten seconds in a log. */
export function progressLine() {
  let lastMs = 0;
  return {
    update(text) {
      if (process.stderr.isTTY) {
        process.stderr.write(`\r\u001b[2Kheadwater: ${text}`);
      } else if (Date.now() - lastMs >= 10_000) {
        lastMs = Date.now();
        say(text);
      }
    },
    end() {
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
    },
  };
}
