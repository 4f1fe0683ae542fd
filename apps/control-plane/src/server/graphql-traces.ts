import { randomBytes } from 'node:crypto';
import {
  currentTraceId,
  parseTraceParent,
  withTrace,
  type Metrics,
  type Traces,
} from '@headwater/platform-observability';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyInstance } from 'fastify';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';

type Hooks = NonNullable<MercuriusDriverConfig['hooks']>;

interface Begun {
  readonly startMs: number;
  executeMs?: number;
  document?: DocumentNode;
  readonly traceId: string | undefined;
}

/** Puts each request into a trace: the caller's when it names one, else a new one. */
export function mountTraces(server: Pick<FastifyInstance, 'addHook'>): void {
  server.addHook('preHandler', (request, reply, done) => {
    const header = request.headers['traceparent'];
    const parent = parseTraceParent(typeof header === 'string' ? header : undefined);
    const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
    void reply.header('trace-id', traceId);
    withTrace(traceId, done);
  });
}

const now = (): number => performance.timeOrigin + performance.now();

/** One trace and one observation per GraphQL operation: reading the document, carrying it out. Never variables or results. */
export function createGraphqlTraces(metrics: Metrics, traces: Traces): Hooks {
  const seconds = metrics.histogram('graphql_operation_seconds', 'Time to carry out an operation.', {
    labelNames: ['type'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
  });
  const begun = new WeakMap<object, Begun>();
  return {
    preParsing: async (_schema, _source, context) => {
      begun.set(context, { startMs: now(), traceId: currentTraceId() });
    },
    preExecution: async (_schema, document, context) => {
      const operation = begun.get(context);
      if (operation !== undefined) Object.assign(operation, { executeMs: now(), document });
    },
    onResolution: async (execution, context) => {
      const operation = begun.get(context);
      if (operation === undefined) return;
      const endMs = now();
      const definition = operation.document && operationOf(operation.document);
      const type = definition?.operation ?? 'query';
      seconds.observe((endMs - operation.startMs) / 1_000, { type });
      if (!traces.isOn || operation.traceId === undefined) return;
      const { startMs, executeMs = endMs, traceId } = operation;
      const code = execution.errors?.[0]?.extensions?.['code'];
      traces.record({
        traceId,
        kind: 'server',
        name: `graphql ${type}`,
        startMs,
        endMs,
        attributes: {
          'graphql.operation.type': type,
          'graphql.operation.name': (definition?.name?.value ?? '').slice(0, 100),
          'headwater.fields': rootFieldsOf(definition),
        },
        ...(execution.errors?.length ? { problem: typeof code === 'string' ? code : 'HW_UNEXPECTED' } : {}),
        parts: [
          { name: 'read', startMs, endMs: executeMs },
          { name: 'execute', startMs: executeMs, endMs },
        ],
      });
    },
  };
}

const operationOf = (document: DocumentNode): OperationDefinitionNode | undefined =>
  document.definitions.find((node): node is OperationDefinitionNode => node.kind === 'OperationDefinition');

const fieldsMax = 10;

/** Names of the interface, not aliases of the caller. */
const rootFieldsOf = (definition: OperationDefinitionNode | undefined): string =>
  (definition?.selectionSet.selections ?? [])
    .flatMap((selection) => (selection.kind === 'Field' ? [selection.name.value] : []))
    .slice(0, fieldsMax)
    .join(' ');
