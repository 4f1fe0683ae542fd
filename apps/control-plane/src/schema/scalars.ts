import { formatDuration, parseDuration } from '@headwater/core-mesh';
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

const refuse = (scalar: string, wanted: string): never => {
  throw new GraphQLError(`${scalar} must be ${wanted}.`);
};

const dateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  /** Milliseconds since the epoch inside, RFC 3339 in UTC outside. */
  serialize: (value) => new Date(Number(value)).toISOString(),
  parseValue: (value) => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? refuse('DateTime', 'RFC 3339, for example 2026-05-01T12:00:00Z') : ms;
  },
});

const bigInt = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  serialize: String,
  parseValue: (value) => {
    const isWhole = (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) || Number.isSafeInteger(value);
    return isWhole ? BigInt(value as string) : refuse('BigInt', 'a whole number, best as a string');
  },
  parseLiteral: (node) =>
    (node.kind === Kind.INT || node.kind === Kind.STRING) && /^-?\d{1,19}$/.test(node.value)
      ? BigInt(node.value)
      : refuse('BigInt', 'a whole number, best as a string'),
});

const duration = new GraphQLScalarType<number, string>({
  name: 'Duration',
  /** Milliseconds inside, ISO 8601 outside. */
  serialize: (value) => formatDuration(Number(value)),
  parseValue: (value) => {
    const ms = typeof value === 'string' ? parseDuration(value) : undefined;
    return ms ?? refuse('Duration', 'ISO 8601 without years and months, for example P28D or PT0.5S');
  },
});

const json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

/** Resolvers of the scalars the schema declares. */
export const scalars = { DateTime: dateTime, BigInt: bigInt, Duration: duration, JSON: json };
