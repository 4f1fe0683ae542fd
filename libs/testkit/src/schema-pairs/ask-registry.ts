import type { SchemaPair } from './seeded.ts';

/** What a registry says of a pair; `refused` when it does not take one of the two schemas at all. */
export type RegistryVerdict =
  | { readonly kind: 'judged'; readonly compatible: boolean }
  | { readonly kind: 'refused'; readonly problem: string };

export interface RegistryQuestion {
  readonly url: string;
  readonly subject: string;
  readonly schemaType: 'AVRO' | 'JSON' | 'PROTOBUF';
  readonly mode: string;
  readonly pair: SchemaPair;
}

/** Registers the existing schema under a subject of its own, asks about the candidate, and removes the subject. */
export async function askRegistry({
  url,
  subject,
  schemaType,
  mode,
  pair,
}: RegistryQuestion): Promise<RegistryVerdict> {
  const send = async (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
  const registered = await send('POST', `/subjects/${subject}/versions`, {
    schemaType,
    schema: pair.existing,
  });
  if (!registered.ok) return { kind: 'refused', problem: (await registered.text()).slice(0, 300) };
  await registered.body?.cancel();
  try {
    const config = await send('PUT', `/config/${subject}`, { compatibility: mode });
    await config.body?.cancel();
    const path = `/compatibility/subjects/${subject}/versions/latest`;
    const answer = await send('POST', path, { schemaType, schema: pair.candidate });
    const text = await answer.text();
    if (!answer.ok) return { kind: 'refused', problem: text.slice(0, 300) };
    return { kind: 'judged', compatible: (JSON.parse(text) as { is_compatible: boolean }).is_compatible };
  } finally {
    const removed = await send('DELETE', `/subjects/${subject}`);
    await removed.body?.cancel();
  }
}
