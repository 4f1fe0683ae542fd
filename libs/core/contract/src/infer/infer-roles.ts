import type { InferredType } from './infer-type.ts';
import { formatCount } from './infer-type.ts';
import type { PersonalSign } from './personal-fields.ts';
import { countValues } from './value-profile.ts';
import type { ValueProfile } from './value-profile.ts';

/** A property of the sample with what was found out about it. */
export interface InferredProperty {
  readonly name: string;
  readonly profile: ValueProfile;
  readonly type: InferredType;
  readonly isRequired: boolean;
  readonly personal: PersonalSign | undefined;
}

/** Which properties identify an event, time it, and name its person. Names of properties, with evidence. */
export interface InferredRoles {
  readonly key?: Role;
  readonly eventTime?: Role;
  readonly erasureKey?: Role;
}

interface Role {
  readonly name: string;
  readonly evidence: string;
}

export function inferRoles(properties: readonly InferredProperty[]): InferredRoles {
  const key = best(properties, keyScore);
  const eventTime = best(properties, eventTimeScore);
  const erasureKey = best(properties, ({ personal, type }) =>
    personal === undefined || type.shape ? 0 : personal.naming,
  );
  return {
    ...(key === undefined
      ? {}
      : {
          key: {
            name: key.name,
            evidence: `all ${formatCount(key.profile.distinct.size)} values differ and the name says identifier`,
          },
        }),
    ...(eventTime === undefined
      ? {}
      : {
          eventTime: { name: eventTime.name, evidence: 'likely the time of the event, by its name and type' },
        }),
    ...(erasureKey === undefined
      ? {}
      : {
          erasureKey: {
            name: erasureKey.name,
            evidence: 'names the person best; check that erasure requests use it',
          },
        }),
  };
}

/** The property with the highest score above zero; the first of equals. */
function best(
  properties: readonly InferredProperty[],
  score: (property: InferredProperty) => number,
): InferredProperty | undefined {
  return properties.reduce<InferredProperty | undefined>((found, property) => {
    const points = score(property);
    return points > 0 && (found === undefined || points > score(found)) ? property : found;
  }, undefined);
}

/** Identifier by name and in fact: no two records share it. */
function keyScore({ name, profile, type, isRequired }: InferredProperty): number {
  const isScalar = type.logicalType === 'string' || type.logicalType === 'integer';
  const isUnique = !profile.isDistinctCut && profile.distinct.size === countValues(profile);
  if (!isRequired || !isScalar || !isUnique || profile.distinct.size < 2) return 0;
  if (/^(event|message|record|order|transaction|request)[_-]?(id|uuid|key|no)$/i.test(name)) return 5;
  if (/^(id|_id|uuid|guid|key|no)$/i.test(name)) return 4;
  if (/(^|[_-])(id|uuid|guid|key)$|(Id|ID|Uuid|Key)$|번호$/.test(name)) return type.format === 'uuid' ? 3 : 2;
  return type.format === 'uuid' ? 1 : 0;
}

const EVENT_TIME_NAMES = [
  /^(event|occurred|happened)[_-]?(time|at|timestamp|date|ts)$/i,
  /^(timestamp|ts|time|datetime|일시|시각)$/i,
  /^(created|sent|logged|recorded|updated)[_-]?(time|at|timestamp|ts|on)?$/i,
  /(time|timestamp|일시|시각|date|_at|_ts|At)$/i,
];

function eventTimeScore({ name, type, isRequired }: InferredProperty): number {
  if (type.logicalType !== 'timestamp' && type.logicalType !== 'date') return 0;
  const rank = EVENT_TIME_NAMES.findIndex((pattern) => pattern.test(name));
  const isInstant = type.logicalType === 'timestamp';
  if (rank < 0) return isInstant && isRequired ? 1 : 0;
  return (isInstant ? 10 : 2) + (EVENT_TIME_NAMES.length - rank) + (isRequired ? 1 : 0);
}
