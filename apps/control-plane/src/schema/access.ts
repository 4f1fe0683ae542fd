import { isAllowed, type Principal, type Role } from '@headwater/core-mesh';
import { HeadwaterError, userError } from '@headwater/kernel';
import {
  defaultFieldResolver,
  getDirectiveValues,
  GraphQLError,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { RequestContext } from './request-context.ts';

export type RequiredRole = Role | 'public';

/** Fields that say nowhere who may use them, as `Type.field`. The build fails when there is one. */
export function findUndeclaredAccess(schema: GraphQLSchema): readonly string[] {
  return objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => requiredRole(schema, type, field) === undefined)
      .map((field) => `${type.name}.${field.name}`),
  );
}

/** Puts the check of `@access` around every field: the one place that decides who may use what. Changes `schema`. */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  const undeclared = findUndeclaredAccess(schema);
  if (undeclared.length > 0) throw new Error(`fields without @access: ${undeclared.join(', ')}`);
  for (const type of objectTypes(schema)) {
    for (const field of Object.values(type.getFields())) {
      guardField(field, requiredRole(schema, type, field) ?? 'admin', type === schema.getSubscriptionType());
    }
  }
  return schema;
}

type Field = GraphQLField<unknown, RequestContext>;

function guardField(field: Field, required: RequiredRole, isSubscription: boolean): void {
  if (required === 'public') return;
  const { resolve = defaultFieldResolver, subscribe } = field;
  if (isSubscription && subscribe !== undefined) {
    field.subscribe = async (source, args, context, info) => {
      try {
        checkAccess(context.principal, required);
        return await (subscribe(source, args, context, info) as Promise<unknown>);
      } catch (error) {
        throw withCode(error);
      }
    };
    // Roles may be taken away while a subscription lasts, so each event asks again.
    field.resolve = async (source, args, context, info) => {
      checkAccess(await context.renewPrincipal(), required);
      return (await resolve(source, args, context, info)) as unknown;
    };
    return;
  }
  field.resolve = (source, args, context, info) => {
    checkAccess(context.principal, required);
    return resolve(source, args, context, info) as unknown;
  };
}

/** Errors on subscribing reach the client without our error format, so they carry code and fix themselves. */
const withCode = (error: unknown): unknown =>
  error instanceof HeadwaterError && error.kind !== 'unexpected'
    ? new GraphQLError(error.message, { extensions: { code: error.code, fix: error.fix } })
    : error;

function checkAccess(principal: Principal | undefined, required: RequiredRole): void {
  if (required === 'public') return;
  if (principal === undefined) {
    throw userError({
      code: 'HW_ACCESS_UNAUTHENTICATED',
      message: 'This needs a valid bearer token.',
      fix: 'Send the header `authorization: Bearer <token>`; the token of a local installation is in .headwater/token.',
    });
  }
  if (!isAllowed(principal.role, required)) {
    throw userError({
      code: 'HW_ACCESS_FORBIDDEN',
      message: `This needs the role ${required.toUpperCase()}; the token "${principal.name}" has ${principal.role.toUpperCase()}.`,
      fix: 'Ask an administrator to do it, or for a token with that role.',
    });
  }
}

const objectTypes = (schema: GraphQLSchema): readonly GraphQLObjectType<unknown, RequestContext>[] =>
  Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__'),
  ) as never;

function requiredRole(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: { readonly astNode?: Field['astNode'] },
): RequiredRole | undefined {
  const directive = schema.getDirective('access');
  if (directive === null || directive === undefined) return undefined;
  for (const node of [field.astNode, type.astNode]) {
    const role = node && getDirectiveValues(directive, node)?.['role'];
    if (typeof role === 'string') return role.toLowerCase() as RequiredRole;
  }
  return undefined;
}
