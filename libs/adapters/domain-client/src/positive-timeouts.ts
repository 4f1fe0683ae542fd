import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

let isDone = false;

/**
 * kafkajs 2.2.4 starts timers with negative delays, for which Node prints a warning in the user's terminal
 * (https://github.com/tulios/kafkajs/issues/1751). While it computes the delay, a queue that is not throttled claims to
 * be throttled until the next millisecond.
 */
export function keepTimeoutsPositive(): void {
  if (isDone) return;
  isDone = true;
  const { prototype } = RequestQueue;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests() {
    const { throttledUntil } = this;
    this.throttledUntil = Math.max(throttledUntil, Date.now() + 1);
    schedule.call(this);
    this.throttledUntil = throttledUntil;
  };
}
