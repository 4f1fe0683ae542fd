export interface SendQueue<T> {
  /** Throws the failure of an earlier batch. */
  push(item: T): void;
  /** Waits until fewer than `max` items are pushed and not sent; rejects with the failure of a batch. */
  shrinkBelow(max: number): Promise<void>;
}

export interface SendQueueOptions<T> {
  readonly batchMax: number;
  /** Sends one batch. When it rejects the queue sends nothing more. */
  send(items: T[]): Promise<void>;
}

/** Gathers what is pushed in one turn of the event loop into batches and sends one batch at a time, in order. */
export function createSendQueue<T>({ batchMax, send }: SendQueueOptions<T>): SendQueue<T> {
  let waiting: T[] = [];
  let unsent = 0;
  let inFlight: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const pump = async (): Promise<void> => {
    while (waiting.length > 0 && failure === undefined) {
      const items = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      try {
        await send(items);
        unsent -= items.length;
      } catch (error) {
        failure = { error };
      }
    }
  };
  // Cleared a turn after the assignment even when nothing waited, or a finished pump would stay in flight for ever.
  const wake = (): Promise<void> =>
    (inFlight ??= pump().finally(() => {
      inFlight = undefined;
      if (waiting.length > 0 && failure === undefined) void wake();
    }));
  return {
    push(item) {
      if (failure !== undefined) throw failure.error;
      waiting.push(item);
      unsent++;
      if (waiting.length >= batchMax) void wake();
      else if (inFlight === undefined) setImmediate(() => void wake());
    },
    async shrinkBelow(max) {
      while (unsent >= max && failure === undefined) await wake();
      if (failure !== undefined) throw failure.error;
    },
  };
}
