import type { OnStackEvent, PartName, StackEvent } from '@headwater/platform-embedded';
import type { Messages } from '../message/index.ts';
import { formatBytes, formatSeconds } from '../output/format-values.ts';
import type { Terminal } from '../output/terminal.ts';

/** Tells a person how the stack comes up: one line per outcome, and live lines for what is under way. */
export function createStackProgress(terminal: Terminal, messages: Messages): OnStackEvent {
  const starting = new Set<PartName>();
  const downloads = new Map<string, string>();
  return (event) => {
    if (event.kind === 'part.starting') starting.add(event.part);
    if (event.kind === 'part.ready') starting.delete(event.part);
    if (event.kind === 'download.progressed') {
      const { artifact, bytesDone, bytesTotal } = event;
      downloads.set(
        artifact,
        messages.stack.download(artifact, formatBytes(bytesDone), formatBytes(bytesTotal)),
      );
    }
    if (event.kind === 'download.finished') downloads.delete(event.artifact);
    const line = describeStackEvent(event, messages);
    if (line !== undefined) terminal.say(line);
    const waiting = starting.size === 0 ? [] : [messages.stack.waitingFor([...starting].join(', '))];
    terminal.redraw([...downloads.values(), ...waiting]);
  };
}

function describeStackEvent(event: StackEvent, messages: Messages): string | undefined {
  switch (event.kind) {
    case 'download.started':
      return messages.stack.download(event.artifact, formatBytes(0), formatBytes(event.bytesTotal));
    case 'download.finished':
      return messages.stack.downloaded(event.artifact, formatBytes(event.bytesTotal));
    case 'part.ready': {
      const { part, address, source, durationMs } = event;
      return messages.stack.ready(part, address, source, formatSeconds(durationMs / 1000));
    }
    case 'part.exited':
      return `${messages.stack.partExited(event.part)}\n${event.logTail}`;
    case 'port.changed':
      return messages.stack.portChanged(event.name, event.previous, event.port);
    case 'orphan.ended':
      return messages.stack.orphanEnded(event.name, event.pid);
    case 'download.progressed':
    case 'part.starting':
    case 'part.stopped':
      return undefined;
  }
}
