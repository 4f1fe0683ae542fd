import {
  isPlanted,
  type BatchInput,
  type LandedOutputs,
  type RecordSetBatch,
  type RecordSetEngine,
  type RecordSetInput,
  type RecordSetReport,
} from '@headwater/core-staging';

/** The engine with bugs planted in what it is given and what it answers. Only the faults build holds it. */
export function makeEngineFaulty(engine: RecordSetEngine): RecordSetEngine {
  return {
    ...engine,
    name: engine.name,
    close: () => engine.close(),
    async beginBatch(input) {
      const batch = await engine.beginBatch(input);
      const lenient = isPlanted('quarantined-also-landed')
        ? await engine.beginBatch(withoutRules(input))
        : undefined;
      return faultyBatch(batch, lenient);
    },
  };
}

const withoutRules = (input: BatchInput): BatchInput => {
  const { pipeline } = input;
  const columns = pipeline.contract.columns.map((column) => ({ ...column, rules: [], required: false }));
  return { ...input, pipeline: { ...pipeline, contract: { ...pipeline.contract, columns } } };
};

function faultyBatch(batch: RecordSetBatch, lenient: RecordSetBatch | undefined): RecordSetBatch {
  const control = new Map<number, bigint>();
  return {
    bufferedBytes: () => batch.bufferedBytes(),
    async add(set) {
      await lenient?.add(set);
      const report = await addFaultily(batch, set);
      if (!isPlanted('control-batch-counted-as-record')) return report;
      control.set(set.partition, (control.get(set.partition) ?? 0n) + report.control);
      return { ...report, control: 0n };
    },
    async land(scratchFolder) {
      const outputs = misCount(await batch.land(scratchFolder), control);
      if (lenient === undefined) return outputs;
      const { primary } = await lenient.land(scratchFolder);
      return { ...outputs, primary };
    },
    async discard() {
      await lenient?.discard();
      await batch.discard();
    },
  };
}

async function addFaultily(batch: RecordSetBatch, set: RecordSetInput): Promise<RecordSetReport> {
  if (isPlanted('aborted-records-landed')) return batch.add({ ...set, aborted: [] });
  if (!isPlanted('last-record-dropped') || set.to - set.from < 2n) return batch.add(set);
  const report = await batch.add({ ...set, to: set.to - 1n });
  if (report.nextOffset !== set.to - 1n) return report;
  return { ...report, nextOffset: set.to, tombstones: report.tombstones + 1n };
}

function misCount(outputs: LandedOutputs, control: ReadonlyMap<number, bigint>): LandedOutputs {
  const counts = new Map(outputs.counts);
  for (const [partition, batches] of control) {
    const { landed, quarantined } = counts.get(partition) ?? { landed: 0n, quarantined: 0n };
    counts.set(partition, { landed: landed + batches, quarantined });
  }
  if (isPlanted('ledger-count-off')) {
    for (const [partition, { landed, quarantined }] of counts) {
      if (quarantined > 0n) counts.set(partition, { landed: landed + 1n, quarantined: quarantined - 1n });
    }
  }
  return { ...outputs, counts };
}
