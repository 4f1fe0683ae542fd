import {
  AuthenticationError,
  findErrorBy,
  NetworkError,
  protocolErrorsCodesById,
  ResponseError,
  UserError,
} from '@platformatic/kafka';
import type { ProtocolError } from '@platformatic/kafka';
import { HeadwaterError, operationalError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { judgeFault, toServerError } from '@headwater/platform-wire';

/** Protocol error codes this adapter reacts to (Kafka documentation, "Error codes"). */
export const ErrorCodes = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  invalidReplicationFactor: 38,
  invalidConfig: 40,
  policyViolation: 44,
  fetchSessionIdNotFound: 70,
  invalidFetchSessionEpoch: 71,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
  fetchSessionTopicIdError: 106,
} as const;

export const errorName = (code: number): string => protocolErrorsCodesById[code] ?? `error code ${code}`;

/** The answer, also when it reports errors for a part of what was asked; those are then in its error codes. */
export async function answerOf<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ResponseError && error['response'] !== undefined) return error['response'] as T;
    throw error;
  }
}

/** True when the connection, not the request, was the problem: another connection may do better. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof Error && findErrorBy(error, 'code', NetworkError.code) !== null;
}

/** A client error in our terms: which variable to look at, or which request the cluster refused. */
export function toKafkaError(error: unknown, settings: KafkaSettings, action: string): HeadwaterError {
  if (error instanceof HeadwaterError) return error;
  const servers = settings.bootstrapServers.join(',');
  const reason = reasonOf(error);
  if (findKind(error, AuthenticationError.code) !== undefined || isSaslRefusal(error)) {
    return operationalError({
      code: 'HW_KAFKA_LOGIN_REFUSED',
      message: `The Kafka brokers at ${servers} refused the login while asked to ${action}: ${reason}.`,
      fix: 'Correct KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD (and KAFKA_SECURITY_PROTOCOL).',
      cause: error,
    });
  }
  const fault = judgeFault(error);
  if (fault !== undefined && fault !== 'unreachable' && fault !== 'no-answer')
    return toServerError('kafka', servers, error);
  if (isTlsMismatch(error)) {
    return operationalError({
      code: 'HW_KAFKA_TLS_EXPECTED',
      message: `The Kafka brokers at ${servers} speak another security protocol: ${reason}.`,
      fix: 'Set KAFKA_SECURITY_PROTOCOL to the protocol of the listener in KAFKA_BOOTSTRAP_SERVERS.',
      cause: error,
    });
  }
  if (isConnectionError(error)) {
    return operationalError({
      code: 'HW_KAFKA_UNREACHABLE',
      message: `No Kafka broker of KAFKA_BOOTSTRAP_SERVERS (${servers}) could be asked to ${action}: ${reason}.`,
      fix: 'Start the brokers or correct KAFKA_BOOTSTRAP_SERVERS; when they run, check KAFKA_SECURITY_PROTOCOL.',
      canRetry: true,
      cause: error,
    });
  }
  return refusedRequest(error, action, reason);
}

function refusedRequest(error: unknown, action: string, reason: string): HeadwaterError {
  const protocolError = protocolErrorOf(error);
  const id: unknown = protocolError?.['apiId'];
  if (typeof id === 'string' && id.endsWith('AUTHORIZATION_FAILED')) return notAuthorised(action, id, error);
  return operationalError({
    code: 'HW_KAFKA_REQUEST_FAILED',
    message: `The Kafka cluster could not ${action}: ${reason}.`,
    canRetry: protocolError?.['canRetry'] === true,
    cause: error,
  });
}

export const notAuthorised = (action: string, id: string, cause?: unknown): HeadwaterError =>
  operationalError({
    code: 'HW_KAFKA_NOT_AUTHORISED',
    message: `The Kafka cluster does not allow this principal to ${action} (${id}).`,
    fix: 'Grant the operation to the principal of KAFKA_SASL_USERNAME, or use another one.',
    ...(cause === undefined ? {} : { cause }),
  });

const findKind = (error: unknown, code: string): Error | undefined =>
  error instanceof Error ? (findErrorBy(error, 'code', code) ?? causeOf(error, code)) : undefined;

function causeOf(error: Error, code: string): Error | undefined {
  const { cause } = error;
  return cause instanceof Error ? findKind(cause, code) : undefined;
}

const isSaslRefusal = (error: unknown): boolean =>
  ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'].some(
    (id) => deepFind(error, 'apiId', id) !== undefined,
  );

const isTlsMismatch = (error: unknown): boolean => {
  const user = findKind(error, UserError.code);
  return user !== undefined && /TLS/.test(user.message);
};

const protocolErrorOf = (error: unknown): ProtocolError | undefined =>
  deepFind(error, 'code', 'PLT_KFK_PROTOCOL') as ProtocolError | undefined;

function deepFind(error: unknown, property: string, value: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return findErrorBy(error, property, value) ?? deepFind(error.cause, property, value);
}

/** The innermost reason in one line: the broker's own words where it gave some. */
function reasonOf(error: unknown): string {
  const protocolError = protocolErrorOf(error);
  if (protocolError !== undefined) {
    const said: unknown = protocolError['serverErrorMessage'];
    const words = typeof said === 'string' && said !== '' ? said : protocolError.message;
    return `${words.replace(/\.$/, '')} (${String(protocolError['apiId'])})`;
  }
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) inner = inner.errors[0];
  const message = inner instanceof Error ? inner.message : String(inner);
  return message.replace(/\.$/, '');
}
