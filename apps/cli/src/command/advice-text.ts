import type { UserError } from '../control-plane/client.ts';
import type { ContractAdvice } from '../control-plane/contract-documents.ts';
import type { Messages } from '../message/index.ts';

/** Advice for people: what changes, who breaks on which field, order, way round. */
export function renderAdvice(
  advice: ContractAdvice,
  problems: readonly UserError[],
  { contractChange: words }: Messages,
): string {
  const { classification, contractVersion, neededVersion, bridge } = advice;
  const compatible = advice.compatibility.filter((verdict) => verdict.compatible).map(({ mode }) => mode);
  const lines = [
    advice.changes.length === 0
      ? words.same
      : words.changes(classification.toLowerCase(), contractVersion, neededVersion),
    ...advice.changes.map(({ message }) => `  ${message}`),
    ...advice.readers.map((reader) => `  ${renderReader(reader, words)}`),
    ...(advice.writers.length === 0 ? [] : [words.writers]),
    ...advice.writers.map(({ message }) => `  ${message}`),
    words.modes(compatible.join(', ')),
    words.order[advice.rolloutOrder],
    ...renderUnknown(advice, words),
    ...(bridge === null ? [] : [words.bridge(bridge.contractVersion), ...numbered(bridge.steps)]),
    ...(problems.length === 0 ? [] : [words.refused]),
    ...problems.map(({ code, message }) => `  ${code}: ${message}`),
  ];
  return lines.join('\n');
}

type Words = Messages['contractChange'];

function renderReader(
  { application, port, verdict, reasons }: ContractAdvice['readers'][number],
  words: Words,
): string {
  const fields = [...new Set(reasons.flatMap(({ field }) => field ?? []))];
  const reads = fields.length === 0 ? '' : ` (${words.reads(fields.join(', '))})`;
  return `${application.name} [${port.toLowerCase()}]: ${words.reader[verdict]}${reads}`;
}

function renderUnknown({ unknownReaders }: ContractAdvice, words: Words): readonly string[] {
  if (unknownReaders === null) return [words.unobserved];
  return unknownReaders.length === 0 ? [] : [words.unknown(unknownReaders.join(', '))];
}

const numbered = (steps: readonly string[]): readonly string[] =>
  steps.map((step, at) => `  ${at + 1}. ${step}`);
