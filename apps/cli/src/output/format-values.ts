/** `1234567` as `1,234,567`. Takes the strings of 64 bit integers as they are. */
export const formatCount = (count: string | number | bigint): string =>
  String(typeof count === 'number' ? Math.round(count) : count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Bytes with a binary unit. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}

/** Seconds with one decimal below ten, none above. */
export const formatSeconds = (seconds: number): string => seconds.toFixed(seconds < 10 ? 1 : 0);
