import type { PipelineStatus } from '../control-plane/types.ts';
import type { Messages } from '../message/index.ts';
import { formatCount, formatSeconds } from '../output/format-values.ts';
import { renderTable, type ListingColumn } from '../output/listing.ts';

/** A pipeline as the live views show it; `produced` is known for products this process feeds itself. */
export interface LiveRow {
  readonly status: PipelineStatus;
  readonly produced?: number;
}

/** The live view of all pipelines at a terminal. */
export function renderLive(rows: readonly LiveRow[], messages: Messages, nowMs: number): readonly string[] {
  if (rows.length === 0) return [messages.listing.noPipelines];
  const table = renderTable({ records: rows, columns: liveColumns(rows, messages, nowMs) }).split('\n');
  return [...table, ...rows.flatMap(({ status }) => describeTrouble(status, messages))];
}

/** One pipeline as one line, for logs and pipes. */
export function renderLiveLine({ status, produced }: LiveRow, messages: Messages): string {
  const { live } = messages;
  const { ledger, table } = status;
  const parts = [
    ...(produced === undefined ? [] : [`${live.produced} ${formatCount(produced)}`]),
    `${live.landed} ${formatCount(ledger.landed)}`,
    `${live.quarantined} ${formatCount(ledger.quarantined)}`,
    `${live.lag} ${describeLag(status, messages)}`,
    `${live.version} ${table.version ?? live.unknown}`,
    `${live.ledger} ${ledger.isBalanced ? live.balanced : live.unbalanced}`,
  ];
  return `${status.productName}: ${parts.join(', ')}`;
}

function liveColumns(rows: readonly LiveRow[], { live }: Messages, nowMs: number): ListingColumn<LiveRow>[] {
  const column = (title: string, value: (row: LiveRow) => string) => ({ title, value });
  const counted = rows.some(({ produced }) => produced !== undefined);
  return [
    column(live.product, ({ status }) => status.productName),
    column(live.state, ({ status }) => stateOf(status)),
    ...(counted
      ? [column(live.produced, ({ produced }) => (produced === undefined ? '' : formatCount(produced)))]
      : []),
    column(live.landed, ({ status }) => formatCount(status.ledger.landed)),
    column(live.quarantined, ({ status }) => formatCount(status.ledger.quarantined)),
    column(live.rate, ({ status }) =>
      status.recordsPerSecond === null ? live.unknown : live.perSecond(formatCount(status.recordsPerSecond)),
    ),
    column(live.lag, ({ status }) => describeLagOf(status, live)),
    column(live.version, ({ status }) => status.table.version ?? ''),
    column(live.lastCommit, ({ status }) => describeAge(status.lastCommitAt, live, nowMs)),
    column(live.ledger, ({ status }) => (status.ledger.isBalanced ? live.balanced : live.unbalanced)),
  ];
}

const describeLag = (status: PipelineStatus, { live }: Messages) => describeLagOf(status, live);

function describeLagOf({ lagRecords, lagSeconds }: PipelineStatus, live: Messages['live']): string {
  const records = lagRecords === null ? live.unknown : live.records(formatCount(lagRecords));
  return lagSeconds === null ? records : `${records}, ${live.seconds(formatSeconds(lagSeconds))}`;
}

function describeAge(at: string | null, live: Messages['live'], nowMs: number): string {
  if (at === null) return '';
  return live.ago(formatSeconds(Math.max(0, (nowMs - Date.parse(at)) / 1000)));
}

function stateOf({ lanes, desiredState }: PipelineStatus): string {
  const states = new Set(lanes.map(({ state }) => state));
  return (states.size === 0 ? desiredState : [...states].join('/')).toLowerCase().replaceAll('_', '-');
}

function describeTrouble(status: PipelineStatus, messages: Messages): readonly string[] {
  const errors = status.lanes.flatMap(({ lane, error }) =>
    error === null ? [] : [`  lane ${lane} ${error.code}: ${error.message} ${error.fix ?? ''}`.trimEnd()],
  );
  const incidents = status.openIncidents.map(
    ({ kind, cause, fix }) => `  ${kind}: ${cause} ${messages.error.fix}: ${fix}`,
  );
  return errors.length + incidents.length === 0 ? [] : [`${status.productName}:`, ...errors, ...incidents];
}
