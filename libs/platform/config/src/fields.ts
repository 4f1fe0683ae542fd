import { z } from 'zod';

/** Any text that is not blank. */
export const text = () => z.string().trim().min(1, 'is blank');

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

/** A URL with one of the given schemes, for example `url('http', 'https')`. Kept as text. */
export const url = (...schemes: readonly string[]) =>
  z.string().superRefine((value, context) => {
    const wanted = schemes.map((scheme) => `${scheme}://`).join(' or ');
    if (!URL.canParse(value)) {
      context.addIssue({ code: 'custom', message: `is not a URL; it must start with ${wanted}` });
    } else if (!schemes.includes(new URL(value).protocol.slice(0, -1))) {
      context.addIssue({ code: 'custom', message: `must start with ${wanted}` });
    }
  });

/** A TCP port, 0 to 65535; 0 lets the operating system choose. */
export const port = () => integer(0, 65_535, 'must be a port number between 0 and 65535');

/** A whole number within [from, to]. */
export const integer = (from: number, to: number, problem = `must be a whole number from ${from} to ${to}`) =>
  z
    .string()
    .regex(/^\d{1,15}$/, { error: problem, abort: true })
    .transform(Number)
    .refine((value) => value >= from && value <= to, problem);

/** `1`, `true`, `yes`, `on` and their opposites, as a boolean. */
export const flag = () =>
  z
    .string()
    .toLowerCase()
    .pipe(
      z.enum(['1', 'true', 'yes', 'on', '0', 'false', 'no', 'off'], {
        error: 'must be 1 or 0 (or true, false)',
      }),
    )
    .transform((value) => ['1', 'true', 'yes', 'on'].includes(value));

const durationUnitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `250ms`, `5s`, `2m`, `1h`, `7d` as milliseconds. */
export const duration = () =>
  z
    .string()
    .regex(/^\d{1,9}(ms|s|m|h|d)$/, {
      error: 'must be a number with a unit ms, s, m, h or d, for example 5s',
      abort: true,
    })
    .transform((value) => {
      const unit = value.replace(/^\d+/, '') as keyof typeof durationUnitMs;
      return Number.parseInt(value, 10) * durationUnitMs[unit];
    });

const byteUnit = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** `512KiB`, `64MiB`, `2GiB` as bytes. */
export const byteCount = () =>
  z
    .string()
    .regex(/^\d{1,9}(B|KiB|MiB|GiB)$/, {
      error: 'must be a number with a unit B, KiB, MiB or GiB, for example 64MiB',
      abort: true,
    })
    .transform((value) => {
      const unit = value.replace(/^\d+/, '') as keyof typeof byteUnit;
      return Number.parseInt(value, 10) * byteUnit[unit];
    });

/** `host:port,host:port` as a list. */
export const hostPorts = () =>
  z
    .string()
    .transform((value) => value.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every((entry) => /^(\[[0-9a-fA-F:]+\]|[^\s:/@]+):\d{1,5}$/.test(entry)), {
      error: 'must be host:port, several separated by commas, without a scheme',
    });
