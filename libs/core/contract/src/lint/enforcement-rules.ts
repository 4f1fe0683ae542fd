import { allProperties } from './lint-rule.ts';
import type { Finding, LintRule, PropertyAt } from './lint-rule.ts';

/** Options of the standard that staging does not judge: each would need more than the value itself. */
const UNJUDGED_OPTIONS = ['uniqueItems', 'minProperties', 'maxProperties'];

/** What the contract promises and staging does not enforce is said, so that nobody relies on it. */
export const ENFORCEMENT_RULES: readonly LintRule[] = [
  {
    rule: 'not-enforced',
    severity: 'info',
    find: (contract) => [
      ...allProperties(contract).flatMap(unjudged),
      ...(contract.odcs.schema ?? []).flatMap((object, i) =>
        (object.quality ?? []).map((check, j) => ({
          at: ['schema', i, 'quality', j],
          message: `the quality check ${check.metric ?? check.type ?? 'text'} of ${object.name} is kept and not evaluated at staging`,
          fix: 'Evaluate it on the table.',
        })),
      ),
    ],
  },
  {
    rule: 'pattern-unanchored',
    severity: 'info',
    find: (contract) =>
      allProperties(contract).flatMap(({ property, path, name }) => {
        const pattern = property.logicalTypeOptions?.['pattern'];
        const isLoose = typeof pattern === 'string' && !(pattern.startsWith('^') && pattern.endsWith('$'));
        return isLoose
          ? [
              {
                at: [...path, 'logicalTypeOptions', 'pattern'],
                message: `the pattern of ${name} is searched anywhere in the value`,
                fix: 'Begin it with ^ and end it with $ if the whole value should match.',
              },
            ]
          : [];
      }),
  },
];

function unjudged({ property, path, name }: PropertyAt): readonly Finding[] {
  const options = UNJUDGED_OPTIONS.filter((option) => property.logicalTypeOptions?.[option] !== undefined);
  const isAbsolute = (check: {
    readonly mustBe?: unknown;
    readonly severity?: string | undefined;
  }): boolean => check.mustBe === 0 && (check.severity === undefined || check.severity === 'error');
  return [
    ...(property.unique === true
      ? [
          {
            at: [...path, 'unique'],
            message: `unique of ${name} is not enforced at staging`,
            fix: 'Check it on the table.',
          },
        ]
      : []),
    ...options.map((option) => ({
      at: [...path, 'logicalTypeOptions', option],
      message: `${option} of ${name} is not enforced at staging`,
      fix: 'Check it on the table.',
    })),
    ...(property.quality ?? []).flatMap((check, i) =>
      isAbsolute(check) && (check.metric === 'invalidValues' || check.metric === 'nullValues')
        ? []
        : [
            {
              at: [...path, 'quality', i],
              message: `the quality check ${check.metric ?? check.type ?? 'text'} of ${name} is kept and not evaluated at staging`,
              fix: 'State it as invalidValues or nullValues with mustBe: 0 to have each record judged.',
            },
          ],
    ),
  ];
}
