/** Aborted by the first Ctrl-C or SIGTERM, so that a command ends in order; the second ends the process. */
export function stopOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
