import type { IncomingHttpHeaders } from 'node:http';
import { userError } from '@headwater/kernel';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { GraphQLError, NoSchemaIntrospectionCustomRule, specifiedRules, validate } from 'graphql';
import { guardSchema } from '../schema/access.ts';
import { flattenErrors, formatError } from '../schema/error-format.ts';
import { limitRule, limits } from '../schema/limits.ts';
import { createLoaders } from '../schema/loaders.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { scalars } from '../schema/scalars.ts';
import { sdl } from '../schema/sdl.ts';
import type { Services } from '../services.ts';
import type { Authentication } from '../viewer/authentication.ts';

/** GraphQL over HTTP and WebSocket (graphql-transport-ws) at /graphql. */
export function createGraphqlOptions(
  services: Services,
  authentication: Authentication,
  watching: NonNullable<MercuriusDriverConfig['hooks']> = {},
): MercuriusDriverConfig {
  const { settings, platform } = services;
  const format = { isLocal: settings.isInsecure, logger: platform.logger };
  const rules = [limitRule, ...(settings.isInsecure ? [] : [NoSchemaIntrospectionCustomRule])];
  const contextOf = (headers: () => string | undefined) => createContext(services, authentication, headers);
  return {
    typeDefs: [sdl],
    resolvers: scalars,
    transformSchema: guardSchema,
    path: '/graphql',
    graphiql: false,
    validationRules: rules,
    graphql: {
      parseOptions: { maxTokens: limits.tokens },
      validateOptions: { maxErrors: 20, ...hideSuggestions(settings.isInsecure) },
    },
    context: (request: FastifyRequest) => contextOf(() => request.headers.authorization),
    subscription: {
      fullWsTransport: false,
      context: (_socket, request) => contextOf(() => authorizationOf(request.headers)),
      onConnect: async ({ payload }: { readonly payload?: unknown }) => {
        const header = connectionHeader(payload);
        return header === undefined ? true : contextOf(() => header);
      },
    },
    errorFormatter: (execution, _context) => ({
      statusCode: 200,
      response: {
        data: execution.data ?? null,
        errors: flattenErrors(execution.errors ?? []).map((error) => formatError(error, format)) as never,
      },
    }),
    hooks: {
      ...watching,
      // Mercurius validates queries and mutations, but not subscriptions.
      preSubscriptionExecution: async (schema, document) => {
        const [problem] = validate(schema, document, [...specifiedRules, ...rules], { maxErrors: 1 });
        if (problem !== undefined)
          throw new GraphQLError(problem.message, { extensions: { code: 'HW_GRAPHQL_INVALID' } });
      },
    },
  };
}

async function createContext(
  { database }: Services,
  authentication: Authentication,
  header: () => string | undefined,
): Promise<RequestContext> {
  const renewPrincipal = () => authentication.authenticate(header());
  return { principal: await renewPrincipal(), renewPrincipal, loaders: createLoaders(database.reads) };
}

const authorizationOf = (headers: IncomingHttpHeaders): string | undefined => headers.authorization;

/** Browsers cannot set headers on a WebSocket, so `connection_init` may carry `authorization` in its payload. */
function connectionHeader(payload: unknown): string | undefined {
  const fields = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const header = fields['authorization'] ?? fields['Authorization'];
  if (header === undefined || typeof header === 'string') return header;
  throw userError({ code: 'HW_GRAPHQL_INVALID', message: 'authorization must be a string.' });
}

/** An option of graphql that the types of mercurius do not know yet. */
const hideSuggestions = (isLocal: boolean): object => ({ hideSuggestions: !isLocal });
