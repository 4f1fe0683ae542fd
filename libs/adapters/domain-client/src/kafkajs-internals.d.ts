declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface RequestQueue {
    /** Milliseconds since the Unix epoch, -1 when the broker never throttled. */
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  }
  const queueClass: { readonly prototype: RequestQueue };
  export = queueClass;
}
