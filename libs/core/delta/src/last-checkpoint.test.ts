import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalForm, formatLastCheckpoint, parseLastCheckpoint } from './last-checkpoint.ts';
import { parseLogJson } from './log-json.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('[D14] _last_checkpoint', () => {
  it('has the canonical form and checksum of the sample in the protocol', () => {
    const sample = `{"k0":"'v 0'", "checksum": "adsaskfljadfkjadfkj", "k1":{"k2": 2, "k3": ["v3", [1, 2], {"k4": "v4", "k5": ["v5", "v6", "v7"]}]}}`;
    const canonical = canonicalForm(parseLogJson(sample));
    expect(canonical).toBe(
      '"k0"="%27v%200%27","k1"+"k2"=2,"k1"+"k3"+0="v3","k1"+"k3"+1+0=1,"k1"+"k3"+1+1=2,"k1"+"k3"+2+"k4"="v4","k1"+"k3"+2+"k5"+0="v5","k1"+"k3"+2+"k5"+1="v6","k1"+"k3"+2+"k5"+2="v7"',
    );
    expect(md5(canonical)).toBe('6a92d155a59bf2eecbd4b4ec7fd1f875');
  });

  it('comes back when whole and is no hint when damaged', () => {
    const text = formatLastCheckpoint({ version: 12345678901234567890n, size: 4, sizeInBytes: 10 }, md5);
    expect(parseLastCheckpoint(text, md5)).toEqual({ version: 12345678901234567890n });
    expect(parseLastCheckpoint(text.replace('"size":4', '"size":5'), md5)).toBeUndefined();
    expect(parseLastCheckpoint(text.slice(0, 20), md5)).toBeUndefined();
    expect(parseLastCheckpoint('', md5)).toBeUndefined();
    expect(parseLastCheckpoint('{"version":-1}', md5)).toBeUndefined();
    expect(parseLastCheckpoint('{"version":1,"x":"\\ud800","checksum":"0"}', md5)).toBeUndefined();
  });
});
