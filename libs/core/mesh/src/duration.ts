const unitMs = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1_000 } as const;

const pattern =
  /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/;

/** ISO 8601 duration as milliseconds. Years and months have no fixed length and are refused, as is an empty one. */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null || !/\d/.test(text) || text.endsWith('T')) return undefined;
  const [, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return Math.round(
    Number(weeks) * unitMs.W +
      Number(days) * unitMs.D +
      Number(hours) * unitMs.H +
      Number(minutes) * unitMs.M +
      Number(seconds) * unitMs.S,
  );
}

/** Milliseconds as ISO 8601, for example `P28D`, `PT1H30M`, `PT0.5S`. */
export function formatDuration(ms: number): string {
  const days = Math.floor(ms / unitMs.D);
  const hours = Math.floor((ms % unitMs.D) / unitMs.H);
  const minutes = Math.floor((ms % unitMs.H) / unitMs.M);
  const seconds = (ms % unitMs.M) / unitMs.S;
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds > 0 ? `${seconds}S` : ''}`;
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}
