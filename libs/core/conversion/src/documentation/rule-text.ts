import type { ValueRule } from '@headwater/core-contract';
import type { Labels } from './labels.ts';

/** A rule of a value as people read it. */
export function ruleText(rule: ValueRule, labels: Labels): string {
  switch (rule.rule) {
    case 'enum':
      return `${labels.oneOf} ${rule.values.join(', ')}`;
    case 'pattern':
      return `${labels.matches} ${rule.pattern}`;
    case 'minimum':
      return `${rule.exclusive ? '>' : '≥'} ${rule.value}`;
    case 'maximum':
      return `${rule.exclusive ? '<' : '≤'} ${rule.value}`;
    case 'multipleOf':
      return `${labels.multipleOf} ${rule.value}`;
    case 'minLength':
      return `${labels.length} ≥ ${rule.value}`;
    case 'maxLength':
      return `${labels.length} ≤ ${rule.value}`;
  }
}
