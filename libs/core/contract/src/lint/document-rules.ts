import { teamOf } from '../odcs/data-contract.ts';
import type { LintRule } from './lint-rule.ts';

const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const STATUSES = ['proposed', 'draft', 'active', 'deprecated', 'retired'];
const FRESHNESS = ['latency', 'freshness', 'ly', 'fr'];

/** Rules about the contract as a document. */
export const DOCUMENT_RULES: readonly LintRule[] = [
  {
    rule: 'owner-missing',
    severity: 'warning',
    find: ({ odcs }) => {
      const team = teamOf(odcs);
      const isOwned = team.name !== undefined || team.members.some(({ role }) => /owner/i.test(role ?? ''));
      return isOwned
        ? []
        : [
            {
              at: ['team'],
              message: 'nobody owns the contract',
              fix: 'Add team with the name of the owning team.',
            },
          ];
    },
  },
  {
    rule: 'domain-missing',
    severity: 'info',
    find: ({ odcs }) =>
      odcs.domain === undefined
        ? [{ at: ['domain'], message: 'the contract names no domain', fix: 'Add domain.' }]
        : [],
  },
  {
    rule: 'purpose-missing',
    severity: 'warning',
    find: ({ odcs }) =>
      (odcs.description?.purpose ?? '').trim() === ''
        ? [
            {
              at: ['description'],
              message: 'the contract does not say what its data is for',
              fix: 'Add description.purpose, one or two sentences.',
            },
          ]
        : [],
  },
  {
    rule: 'version-not-semver',
    severity: 'warning',
    find: ({ odcs }) =>
      SEMVER.test(odcs.version)
        ? []
        : [
            {
              at: ['version'],
              message: `${odcs.version} is not a semantic version`,
              fix: 'Write it as 1.0.0.',
            },
          ],
  },
  {
    rule: 'status-unknown',
    severity: 'info',
    find: ({ odcs }) =>
      STATUSES.includes(odcs.status)
        ? []
        : [
            {
              at: ['status'],
              message: `${odcs.status} is not a status of the standard`,
              fix: `Use one of ${STATUSES.join(', ')}.`,
            },
          ],
  },
  {
    rule: 'sla-missing',
    severity: 'info',
    find: ({ odcs }) =>
      (odcs.slaProperties ?? []).some(({ property }) => FRESHNESS.includes(property))
        ? []
        : [
            {
              at: ['slaProperties'],
              message: 'the contract promises no latency',
              fix: 'Add to slaProperties: property latency, with value and unit.',
            },
          ],
  },
  {
    rule: 'sla-word',
    severity: 'info',
    find: ({ odcs }) =>
      (odcs.slaProperties ?? []).flatMap(({ property }, i) =>
        property === 'freshness'
          ? [
              {
                at: ['slaProperties', i, 'property'],
                message: 'freshness is understood, the standard says latency',
                fix: 'Write latency.',
              },
            ]
          : [],
      ),
  },
  {
    rule: 'team-array',
    severity: 'info',
    find: ({ odcs }) =>
      Array.isArray(odcs.team)
        ? [
            {
              at: ['team'],
              message: 'team as a list of members is deprecated since v3.1.0',
              fix: 'Write team as an object with name and members.',
            },
          ]
        : [],
  },
];
