import { isPersonal } from '../compile/compile-column.ts';
import { parsePhysicalType } from '../compile/physical-type.ts';
import { personalSign } from '../infer/personal-fields.ts';
import { customValue } from '../odcs/custom-properties.ts';
import type { DataContract } from '../odcs/data-contract.ts';
import type { OdcsObject } from '../odcs/odcs.ts';
import type { DocumentPath } from '../contract-problem.ts';
import { allProperties, listNames, objectProperties } from './lint-rule.ts';
import type { Finding, LintRule, PropertyAt } from './lint-rule.ts';

const perObject =
  (find: (object: OdcsObject, path: DocumentPath, properties: readonly PropertyAt[]) => readonly Finding[]) =>
  ({ odcs }: DataContract): readonly Finding[] =>
    (odcs.schema ?? []).flatMap((object, i) => {
      const path = ['schema', i];
      const properties = objectProperties(object, path);
      return properties.length === 0 ? [] : find(object, path, properties);
    });

const perProperty =
  (find: (at: PropertyAt) => readonly Finding[]) =>
  (contract: DataContract): readonly Finding[] =>
    allProperties(contract).flatMap(find);

const isTime = ({ property }: PropertyAt): boolean =>
  property.logicalType === 'timestamp' || property.logicalType === 'date';

/** Rules about keys, times, personal data and how well properties are described. */
export const PROPERTY_RULES: readonly LintRule[] = [
  {
    rule: 'key-missing',
    severity: 'warning',
    find: perObject((object, path, properties) =>
      properties.some(({ property }) => property.primaryKey === true)
        ? []
        : [
            {
              at: path,
              message: `no property of ${object.name} identifies an event`,
              fix: 'Add primaryKey: true to the property that does, for example event_id.',
            },
          ],
    ),
  },
  {
    rule: 'key-nullable',
    severity: 'warning',
    find: perProperty(({ property, path, name }) =>
      property.primaryKey === true && property.required !== true
        ? [{ at: path, message: `the key ${name} may be null`, fix: 'Add required: true.' }]
        : [],
    ),
  },
  {
    rule: 'event-time-missing',
    severity: 'warning',
    find: perObject((object, path, properties) => {
      if (properties.some(({ property }) => customValue(property, 'headwater:eventTime') === true)) return [];
      const times = properties.filter((at) => at.isTopLevel && isTime(at)).map(({ name }) => name);
      const fix =
        times.length === 0
          ? 'Add a timestamp property that says when the event happened, with the custom property headwater:eventTime: true.'
          : `Add the custom property headwater:eventTime: true to ${times.length === 1 ? times[0] : `one of ${listNames(times)}`}.`;
      return [{ at: path, message: `${object.name} does not say when an event happened`, fix }];
    }),
  },
  {
    rule: 'erasure-key-missing',
    severity: 'error',
    find: perObject((object, path, properties) => {
      const personal = properties.filter(({ property }) => isPersonal(property));
      const hasKey = properties.some(
        ({ property }) => customValue(property, 'headwater:erasureKey') === true,
      );
      return personal.length === 0 || hasKey
        ? []
        : [
            {
              at: personal[0]!.path,
              message: `${object.name} has personal properties (${listNames(personal.map(({ name }) => name))}) and none names the person`,
              fix: 'Add the custom property headwater:erasureKey: true to the property that names the person.',
            },
          ];
    }),
  },
  {
    rule: 'personal-unmarked',
    severity: 'warning',
    find: perProperty(({ property, path, name }) => {
      if (isPersonal(property) || customValue(property, 'headwater:personal') === false) return [];
      const sign = personalSign(property.name ?? '', undefined);
      return sign === undefined
        ? []
        : [
            {
              at: path,
              message: `${name} is likely personal: ${sign.evidence}`,
              fix: 'Add classification: personal, or the custom property headwater:personal: false.',
            },
          ];
    }),
  },
  {
    rule: 'personal-partition',
    severity: 'error',
    find: perProperty(({ property, path, name }) =>
      property.partitioned === true && isPersonal(property)
        ? [
            {
              at: path,
              message: `the table is partitioned by ${name}, which is personal`,
              fix: 'Partition by another property: values of a partition column cannot be erased.',
            },
          ]
        : [],
    ),
  },
  {
    rule: 'classification-missing',
    severity: 'info',
    find: perObject((object, path, properties) => {
      const open = properties.filter(({ property }) => property.classification === undefined);
      return open.length === 0
        ? []
        : [
            {
              at: path,
              message: `${open.length} of ${properties.length} properties of ${object.name} have no classification: ${listNames(open.map(({ name }) => name))}`,
              fix: 'Add classification: public, restricted, confidential or personal.',
            },
          ];
    }),
  },
  {
    rule: 'description-missing',
    severity: 'info',
    find: perObject((object, path, properties) => {
      const open = properties.filter(({ property }) => (property.description ?? '').trim() === '');
      return open.length === 0
        ? []
        : [
            {
              at: path,
              message: `${open.length} of ${properties.length} properties of ${object.name} have no description: ${listNames(open.map(({ name }) => name))}`,
              fix: 'Add description to each: what it means, in which unit.',
            },
          ];
    }),
  },
  {
    rule: 'integer-width',
    severity: 'info',
    find: perProperty(({ property, path, name }) =>
      property.logicalType === 'integer' &&
      property.logicalTypeOptions?.['format'] === undefined &&
      parsePhysicalType(property.physicalType) === undefined
        ? [
            {
              at: path,
              message: `${name} does not say how wide it is and is kept in 64 bits`,
              fix: 'Add logicalTypeOptions.format, for example i32 or i64.',
            },
          ]
        : [],
    ),
  },
];
