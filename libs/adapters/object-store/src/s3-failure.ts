/**
 * What a failed request says.
 * missing: there is no such object. taken: the condition of a conditional put does not hold.
 * conflict: another conditional write of the key was under way, so this one may be sent again.
 * refused: the store said no, for good; it did nothing.
 * noBucket, denied: refusals whose fix is known.
 * outage: no answer, or one that promises nothing; the request may have taken effect or not.
 */
export type FailureKind = 'missing' | 'taken' | 'conflict' | 'noBucket' | 'denied' | 'refused' | 'outage';

export interface Failure {
  readonly kind: FailureKind;
  /** As the store or the network calls it, for example `SlowDown` or `ECONNRESET`. */
  readonly name: string;
  readonly status?: number;
  readonly message: string;
}

/** Judges an error of the client. Everything that is not known to be harmless is an outage. */
export function judgeFailure(error: unknown): Failure {
  const { name, code, message, status } = factsOf(error);
  const called = code ?? name;
  const failure = (kind: FailureKind): Failure => ({
    kind,
    name: called,
    message,
    ...(status === undefined ? {} : { status }),
  });
  if (isCredentialProblem(name, message)) return failure('denied');
  if (message === 'Region is missing') return failure('refused');
  if (name === 'NoSuchBucket') return failure('noBucket');
  if (called === 'NoSuchUpload') return failure('refused');
  if (transient.has(name)) return failure('outage');
  switch (status) {
    case 404:
      return failure('missing');
    case 412:
      return failure('taken');
    case 409:
      return failure('conflict');
    case 401:
    case 403:
      return failure('denied');
    case 408:
    case 429:
      return failure('outage');
    default:
      return failure(status !== undefined && status >= 300 && status < 500 ? 'refused' : 'outage');
  }
}

/** Answers with a status below 500 that mean: try again. */
const transient = new Set([
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
]);

const isCredentialProblem = (name: string, message: string): boolean =>
  name === 'CredentialsProviderError' ||
  /^Could not load credentials|^Resolved credential object/.test(message);

function factsOf(error: unknown) {
  const fields = isRecord(error) ? error : {};
  const metadata = isRecord(fields['$metadata']) ? fields['$metadata'] : {};
  const status = metadata['httpStatusCode'];
  const code = fields['code'];
  return {
    name: error instanceof Error ? error.name : 'Error',
    message: error instanceof Error ? error.message : String(error),
    code: typeof code === 'string' ? code : undefined,
    status: typeof status === 'number' ? status : undefined,
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
