/** What the shell sees. `drift` means that the world differs from what was asked for, and nothing failed. */
export const exitCode = { ok: 0, failed: 1, usage: 2, drift: 3 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
