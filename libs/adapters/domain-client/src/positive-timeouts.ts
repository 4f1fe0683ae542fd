import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

let isDone = false;

/**
 * kafkajs 2.2.4 starts timers with negative delays, for which Node prints a warning in the user's terminal
 * (https://github.com/tulios/kafkajs/issues/1751). A queue that is not throttled counts as throttled until this moment.
 */
export function keepTimeoutsPositive(): void {
  if (isDone) return;
  isDone = true;
  const { prototype } = RequestQueue;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests() {
    this.throttledUntil = Math.max(this.throttledUntil, Date.now());
    schedule.call(this);
  };
}
