import { createHash, randomUUID } from 'node:crypto';
import type { AuditEvent, AuditTrail, AuditVerdict } from '@headwater/core-mesh';
import { canonicalJson, type Json } from '@headwater/kernel';
import { parseIntegerKey, readPage } from '../page.ts';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, inOrder, toJson, toMs, uuids } from '../row.ts';

type EventRow = Prisma.AuditEventGetPayload<object>;

/** The hash that stands before the first event. */
const genesis = '0'.repeat(64);
const verifiedAtOnce = 1_000;

/** Hash of an event: covers every column and, through `previousHash`, everything before it. */
export const hashAuditEvent = (tenant: string, event: Omit<AuditEvent, 'hash'>): string =>
  createHash('sha256')
    .update(canonicalJson({ tenant, ...event }))
    .digest('hex');

const toEvent = (row: EventRow): AuditEvent => ({
  id: row.id,
  sequence: row.seq,
  atMs: toMs(row.at),
  actor: row.actor,
  event: row.event,
  subject: row.subject,
  facts: fromJson(row.facts),
  hash: row.hash,
  previousHash: row.prevHash,
});

export const createAuditTrail = (db: Db, tenant: string): AuditTrail => ({
  async byIds(ids) {
    const rows = await db.auditEvent.findMany({ where: { tenant, id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toEvent));
  },
  list: (page, filter) =>
    readPage<EventRow, AuditEvent>(page, {
      column: 'seq',
      order: 'desc',
      parseKey: parseIntegerKey,
      filter: { tenant, ...filter },
      count: (where) => db.auditEvent.count({ where }),
      find: (query) => db.auditEvent.findMany(query),
      toItem: toEvent,
      toPosition: ({ seq, id }) => ({ key: seq.toString(), id }),
    }),
  verify: () => verifyAuditChain(db, tenant),
  async append({ actor, event, subject, facts }) {
    const head = await lockHead(db, tenant);
    const sealed = {
      id: randomUUID(),
      sequence: head.seq + 1n,
      atMs: head.nowMs,
      actor,
      event,
      subject,
      facts: JSON.parse(canonicalJson(facts)) as Json,
      previousHash: head.hash,
    };
    const hash = hashAuditEvent(tenant, sealed);
    await db.auditEvent.create({
      data: {
        tenant,
        seq: sealed.sequence,
        id: sealed.id,
        at: new Date(sealed.atMs),
        actor,
        event,
        subject,
        facts: toJson(sealed.facts),
        prevHash: sealed.previousHash,
        hash,
      },
    });
    await db.auditHead.update({ where: { tenant }, data: { seq: sealed.sequence, hash } });
  },
});

/** The end of the chain, locked until the transaction ends: events of one tenant are appended one after another. */
async function lockHead(db: Db, tenant: string) {
  await db.$executeRaw`INSERT INTO audit_head (tenant, seq, hash) VALUES (${tenant}, 0, ${genesis}) ON CONFLICT DO NOTHING`;
  const rows = await db.$queryRaw<{ seq: bigint; hash: string; now_ms: bigint }[]>`
    SELECT seq, hash, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
    FROM audit_head WHERE tenant = ${tenant} FOR UPDATE`;
  const [head] = rows;
  if (head === undefined) throw new Error('the head of the audit chain vanished');
  return { seq: head.seq, hash: head.hash, nowMs: Number(head.now_ms) };
}

/** Recomputes every hash. Finds edited, removed, inserted and reordered events and a cut tail. */
export async function verifyAuditChain(db: Db, tenant: string): Promise<AuditVerdict> {
  let sequence = 0n;
  let previousHash = genesis;
  const broken = (problem: string): AuditVerdict => ({
    intact: false,
    events: sequence,
    brokenAt: sequence + 1n,
    problem,
  });
  for (;;) {
    const rows = await db.auditEvent.findMany({
      where: { tenant, seq: { gt: sequence } },
      orderBy: { seq: 'asc' },
      take: verifiedAtOnce,
    });
    for (const row of rows) {
      const { hash, ...event } = toEvent(row);
      if (event.sequence !== sequence + 1n) return broken(`event ${sequence + 1n} is missing`);
      if (event.previousHash !== previousHash) return broken('it does not continue the event before it');
      if (hashAuditEvent(tenant, event) !== hash) return broken('it was changed after it was written');
      sequence = event.sequence;
      previousHash = hash;
    }
    if (rows.length < verifiedAtOnce) break;
  }
  const head = await db.auditHead.findUnique({ where: { tenant } });
  const isWhole = head === null ? sequence === 0n : head.seq === sequence && head.hash === previousHash;
  return isWhole ? { intact: true, events: sequence } : broken('events at the end are missing');
}
