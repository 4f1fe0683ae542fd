import { describe, expect, test } from 'vitest';
import { lintContract } from './lint-contract.ts';

const GOOD = `apiVersion: v3.1.0
kind: DataContract
id: ads.events
version: 1.0.0
status: active
domain: ads
description:
  purpose: Events of advertisements.
team:
  name: ads-platform
slaProperties:
  - property: latency
    value: 2
    unit: s
schema:
  - name: events
    properties:
      - name: event_id
        logicalType: string
        required: true
        primaryKey: true
        classification: public
        description: Identifier of the event.
      - name: timestamp
        logicalType: timestamp
        required: true
        classification: public
        description: When it happened.
        customProperties:
          - property: headwater:eventTime
            value: true
      - name: user_id
        logicalType: string
        classification: personal
        description: Who saw it.
        customProperties:
          - property: headwater:erasureKey
            value: true
`;

const rules = (text: string): readonly string[] =>
  lintContract(text).map(({ rule, severity, line }) => `${severity} ${rule} ${line}`);
const without = (part: string): string => GOOD.replace(part, '');

describe('[C19] lint says what a contract lacks, where, and how to mend it', () => {
  test('a complete contract has nothing to say', () => {
    expect(rules(GOOD)).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['owner', without('team:\n  name: ads-platform\n'), 'warning owner-missing 1'],
    ['domain', without('domain: ads\n'), 'info domain-missing 1'],
    ['purpose', without('description:\n  purpose: Events of advertisements.\n'), 'warning purpose-missing 1'],
    ['version', GOOD.replace('version: 1.0.0', 'version: "1.0"'), 'warning version-not-semver 4'],
    ['status', GOOD.replace('status: active', 'status: live'), 'info status-unknown 5'],
    ['latency', GOOD.replace('property: latency', 'property: retention'), 'info sla-missing 12'],
    ['word of the standard', GOOD.replace('property: latency', 'property: freshness'), 'info sla-word 12'],
    [
      'team list',
      GOOD.replace('team:\n  name: ads-platform', 'team:\n  - username: kim\n    role: owner'),
      'info team-array 10',
    ],
    ['key', without('        primaryKey: true\n'), 'warning key-missing 16'],
    ['nullable key', without('        required: true\n'), 'warning key-nullable 18'],
    [
      'event time',
      GOOD.replace('headwater:eventTime\n            value: true', 'x\n            value: true'),
      'warning event-time-missing 16',
    ],
    [
      'erasure key',
      GOOD.replace('headwater:erasureKey', 'headwater:personal'),
      'error erasure-key-missing 32',
    ],
    [
      'unmarked personal data',
      GOOD.replace('classification: personal', 'classification: public').replace('headwater:erasureKey', 'x'),
      'warning personal-unmarked 32',
    ],
    [
      'partition by a person',
      GOOD.replace('classification: personal', 'classification: personal\n        partitioned: true'),
      'error personal-partition 32',
    ],
    ['classification', without('        classification: public\n'), 'info classification-missing 16'],
    ['description', without('        description: Who saw it.\n'), 'info description-missing 16'],
    [
      'integer width',
      GOOD.replace('        required: true\n        primaryKey', '        primaryKey').replace(
        'logicalType: string',
        'logicalType: integer\n        required: true',
      ),
      'info integer-width 18',
    ],
    [
      'unanchored pattern',
      GOOD.replace(
        'logicalType: string\n',
        'logicalType: string\n        logicalTypeOptions:\n          pattern: "[a-z]"\n',
      ),
      'info pattern-unanchored 21',
    ],
    [
      'unique',
      GOOD.replace('primaryKey: true', 'primaryKey: true\n        unique: true'),
      'info not-enforced 22',
    ],
    [
      'quality elsewhere',
      GOOD.replace(
        'primaryKey: true',
        'primaryKey: true\n        quality:\n          - {type: sql, query: "select 1", mustBe: 0}',
      ),
      'info not-enforced 23',
    ],
  ])('%s', (_case, text, expected) => {
    expect(rules(text)).toEqual([expected]);
  });

  test('every finding has a fix, and what does not compile is an error among them', () => {
    const text = GOOD.replace(
      'logicalType: timestamp',
      'logicalType: timestamp\n        logicalTypeOptions: {format: dd.MM.yyyy}',
    ).replace('team:\n  name: ads-platform\n', '');
    const found = lintContract(text);
    expect(found.map(({ rule }) => rule)).toEqual(['owner-missing', 'time-format']);
    expect(found.every(({ fix }) => fix.endsWith('.'))).toBe(true);
  });

  test('a contract that does not parse has only its parse problems', () => {
    expect(rules(GOOD.replace('kind: DataContract', 'kind: Contract'))).toEqual(['error unknown-value 2']);
  });
});
