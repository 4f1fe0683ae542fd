/** Which product a Confluent-compatible registry is. `other`: it answers the interface and nothing that tells it apart. */
export type RegistryProduct = 'apicurio' | 'confluent' | 'karapace' | 'other';

/** Something a registry of this product takes without doing it, or does otherwise than the interface says. */
export interface RegistryLimit {
  /** Stable word in kebab case. */
  readonly name: string;
  readonly message: string;
}

export interface RegistryFacts {
  readonly product: RegistryProduct;
  readonly version?: string;
  /** Compatibility of subjects that have none of their own. */
  readonly defaultCompatibility: string;
  readonly limits: readonly RegistryLimit[];
}

const limitsOf: Readonly<Record<RegistryProduct, readonly RegistryLimit[]>> = {
  apicurio: [
    {
      name: 'mode-not-enforced',
      message:
        'It keeps the mode of a subject (READONLY) and does not enforce it: others can register past Headwater.',
    },
    { name: 'metadata-dropped', message: 'It takes metadata and rule sets of a schema and drops them.' },
    { name: 'no-compatibility-messages', message: 'It says that a schema is not compatible, and not why.' },
    { name: 'subject-prefix-ignored', message: 'It ignores subjectPrefix and lists every subject.' },
    { name: 'schema-ids-have-gaps', message: 'Its schema ids have gaps.' },
  ],
  confluent: [],
  karapace: [
    { name: 'metadata-dropped', message: 'It takes metadata and rule sets of a schema and drops them.' },
  ],
  other: [
    {
      name: 'mode-not-known',
      message: 'Whether it enforces the mode of a subject is not known: others may register past Headwater.',
    },
  ],
};

const noDefault: RegistryLimit = {
  name: 'default-compatibility-none',
  message:
    'Subjects without a compatibility of their own take every schema. Headwater sets one on each of its subjects.',
};

/** What the answers of a registry say about it. */
export function decideRegistryFacts(answers: RegistryAnswers): RegistryFacts {
  const product = decideProduct(answers);
  const version = versionOf(answers);
  const { defaultCompatibility } = answers;
  return {
    product,
    ...(version === undefined ? {} : { version }),
    defaultCompatibility,
    limits: [...(defaultCompatibility === 'NONE' ? [noDefault] : []), ...limitsOf[product]],
  };
}

/** Answers to the addresses that only one product has; undefined where there is none. */
export interface RegistryAnswers {
  readonly defaultCompatibility: string;
  /** `/apis/registry/v3/system/info` beside the Confluent-compatible path. */
  readonly apicurioSystemInfo?: unknown;
  /** `/v1/metadata/version`. */
  readonly confluentVersion?: unknown;
  /** `/_health`. */
  readonly karapaceHealth?: unknown;
}

function decideProduct({
  apicurioSystemInfo,
  confluentVersion,
  karapaceHealth,
}: RegistryAnswers): RegistryProduct {
  if (/apicurio/i.test(textAt(apicurioSystemInfo, 'name') ?? '')) return 'apicurio';
  if (textAt(confluentVersion, 'version') !== undefined) return 'confluent';
  return hasKey(karapaceHealth, /^(karapace|schema_registry)_/) ? 'karapace' : 'other';
}

const versionOf = ({
  apicurioSystemInfo,
  confluentVersion,
  karapaceHealth,
}: RegistryAnswers): string | undefined =>
  textAt(apicurioSystemInfo, 'version') ??
  textAt(confluentVersion, 'version') ??
  textAt(karapaceHealth, 'karapace_version');

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'string' && found.length <= 200 ? found : undefined;
}

const hasKey = (value: unknown, form: RegExp): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).some((key) => form.test(key));
