import { userError } from '@headwater/kernel';
import { stringify } from 'yaml';
import type { CommandContext } from '../context.ts';
import { operationQuery, topicQuery } from '../control-plane/mesh-documents.ts';
import { dataProductQuery } from '../control-plane/product-documents.ts';
import type { Operation, ProductDescription, Topic } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printRecord } from '../output/listing.ts';
import { unknownProduct } from './status.ts';

export const describeKinds = ['product', 'topic', 'operation'] as const;
export type DescribeKind = (typeof describeKinds)[number];

/** Everything the control plane knows about one thing; as YAML for people. */
export async function describe(context: CommandContext, kind: DescribeKind, name: string): Promise<ExitCode> {
  const found = await find(context, kind, name);
  printRecord(context.terminal, context.format(), found, () =>
    stringify(withoutNulls(found), { lineWidth: 0, blockQuote: 'literal' }).trimEnd(),
  );
  return exitCode.ok;
}

async function find(context: CommandContext, kind: DescribeKind, name: string): Promise<object> {
  const controlPlane = context.controlPlane();
  switch (kind) {
    case 'product': {
      const answer = await controlPlane.ask<{ dataProduct: ProductDescription | null }>(dataProductQuery, {
        name,
      });
      if (answer.dataProduct === null) throw unknownProduct(name);
      return answer.dataProduct;
    }
    case 'topic': {
      const answer = await controlPlane.ask<{ topic: Topic | null }>(topicQuery, { name });
      return answer.topic ?? notFound(kind, name, 'headwater get topics');
    }
    case 'operation': {
      const answer = await controlPlane.ask<{ operation: Operation | null }>(operationQuery, { id: name });
      return answer.operation ?? notFound(kind, name, 'headwater get operations');
    }
  }
}

function notFound(kind: DescribeKind, name: string, list: string): never {
  throw userError({
    code: `HW_${kind.toUpperCase()}_UNKNOWN`,
    message: `There is no ${kind} ${name}.`,
    fix: `List them with \`${list}\`.`,
  });
}

/** The object without members that are null: an absent line says the same and is easier to read. */
const withoutNulls = (value: object): unknown =>
  JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (inner === null ? undefined : inner)));
