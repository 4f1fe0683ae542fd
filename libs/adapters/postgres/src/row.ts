import type { Json } from '@headwater/kernel';
import { Prisma } from './prisma.ts';

/** A row without its nulls: a nullable column becomes an optional member. */
export type Present<T> = {
  [K in keyof T as null extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as null extends T[K] ? K : never]?: Exclude<T[K], null>;
};

export function present<T extends object>(row: T): Present<T> {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null && value !== undefined),
  ) as Present<T>;
}

/** Milliseconds since the epoch, undefined for a null column. */
export function toMs(time: Date): number;
export function toMs(time: Date | null): number | undefined;
export function toMs(time: Date | null): number | undefined {
  return time === null ? undefined : time.getTime();
}

export const fromMs = (ms: number): Date => new Date(ms);

/** A value for a JSON column; `bigint` must be written as a string before. */
export const toJson = (value: unknown): Prisma.InputJsonValue | typeof Prisma.JsonNull =>
  value === null ? Prisma.JsonNull : (value as Prisma.InputJsonValue);

export const fromJson = <T = Json>(value: Prisma.JsonValue): T => value as T;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Identifiers that can exist at all: anything else would make Postgres refuse the statement. */
export const uuids = (ids: readonly string[]): string[] => ids.filter((id) => uuid.test(id));

/** In the order of `ids`, each once, without those that are not there. */
export function inOrder<T extends { readonly id: string }>(ids: readonly string[], items: readonly T[]): T[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return [...new Set(ids)].flatMap((id) => byId.get(id.toLowerCase()) ?? []);
}
