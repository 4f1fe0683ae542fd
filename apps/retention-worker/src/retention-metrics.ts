import type { Metrics } from '@headwater/platform-observability';
import type { RetentionMetrics } from './retention-world.ts';

export function createRetentionMetrics(metrics: Metrics): RetentionMetrics {
  const actions = metrics.counter('retention_actions_total', 'Retention actions carried out.', ['action']);
  const records = metrics.counter('retention_records_total', 'Records deleted from topics, at most.');
  const files = metrics.counter('retention_files_total', 'Files taken out or deleted.', ['action']);
  const beyond = metrics.gauge(
    'retention_copies_beyond_promise',
    'Copies of a product that can outlive or have outlived the promise.',
    ['product'],
  );
  return {
    actionDone(action, amounts) {
      actions.add(1, { action });
      if (amounts.records !== undefined) records.add(amounts.records);
      if (amounts.files !== undefined) files.add(amounts.files, { action });
    },
    ledgerComputed: (product, copies) => beyond.set(copies, { product }),
  };
}
