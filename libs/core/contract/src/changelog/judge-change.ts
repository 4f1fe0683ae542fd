import { changeOfCustom } from '../odcs/custom-properties.ts';
import type { ChangeScope } from './document-change.ts';
import { qualityCheck, upperBound } from './judge-limit.ts';
import { judgeOption, judgeProperty } from './judge-property.ts';
import { slaPromise } from './judge-sla.ts';
import { judged, verbOf } from './judgement.ts';
import type { ChangeJudgement, JudgeChange } from './judgement.ts';

/** What each part of a contract promises, and so what a change of it means. Parts not named here only explain. */
const SCOPE_RULES: Readonly<Record<ChangeScope, JudgeChange>> = {
  contract: (change) => {
    const reason = CONTRACT_BREAKS[change.key];
    if (reason !== undefined) return judged(change, 'breaking', reason);
    return change.key === 'status' ? statusChange(change) : documentation(change);
  },
  object: (change) => {
    if (change.key === '') {
      return change.after === undefined
        ? judged(change, 'breaking', 'readers that use it find it gone')
        : judged(change, 'compatible', 'nobody reads it yet');
    }
    return change.key === 'physicalName' || change.key === 'name'
      ? judged(change, 'breaking', 'readers look for the old name')
      : documentation(change);
  },
  property: judgeProperty,
  options: judgeOption,
  quality: qualityCheck,
  sla: slaPromise,
  server: (change) => {
    if (change.key === '' && change.after !== undefined)
      return judged(change, 'compatible', 'one more place to read from');
    return EXPLAINING.has(change.key)
      ? documentation(change)
      : judged(change, 'breaking', 'readers connect to the old place');
  },
  role: (change) =>
    change.key === '' && change.after === undefined
      ? judged(change, 'breaking', 'those who read through the role lose it')
      : change.key === 'access'
        ? judged(change, 'breaking', 'the role allows something else')
        : judged(change, change.key === '' ? 'compatible' : 'docs', ''),
  custom: (change) => {
    const name = String(change.owner.after['property'] ?? change.owner.before['property']);
    return (CUSTOM_RULES[name] ?? customChange)(change);
  },
  description: (change) => documentation(change),
  team: (change) => documentation(change),
  member: (change) => documentation(change),
  support: (change) => documentation(change),
  definition: (change) => documentation(change),
};

export const judgeChange: JudgeChange = (change) => SCOPE_RULES[change.scope](change);

const documentation: JudgeChange = (change) => judged(change, 'docs', '');

const CONTRACT_BREAKS: Readonly<Record<string, string>> = {
  id: 'it is another contract',
  kind: 'it is another kind of document',
  tenant: 'the product belongs to somebody else',
  domain: 'the product, its topic and its tables have another name',
  dataProduct: 'the product, its topic and its tables have another name',
};

/** Keys of a server that do not say where or how to connect. */
const EXPLAINING = new Set(['description', 'roles', 'id']);

const statusChange: JudgeChange = (change) =>
  change.after === 'retired'
    ? judged(change, 'breaking', 'the product ends')
    : judged(change, change.after === 'deprecated' ? 'compatible' : 'docs', '');

/** A property of ours whose every change does the same; a foreign one only explains. */
const customChange: JudgeChange = (change) => {
  const meaning = changeOfCustom(String(change.owner.after['property'] ?? change.owner.before['property']));
  if (meaning === undefined) return documentation(change);
  return 'breaking' in meaning
    ? judged(change, 'breaking', meaning.breaking)
    : judged(change, 'compatible', meaning.compatible);
};

const unknownMembers: JudgeChange = (change) =>
  valueOf(change.owner.after) === 'refuse'
    ? judged(change, 'breaking', 'records with members the contract does not name are refused from now on')
    : judged(change, 'compatible', 'records with more members come through');

const recordBytes: JudgeChange = (change) => {
  const limit = { ...change, before: valueOf(change.owner.before), after: valueOf(change.owner.after) };
  return { ...upperBound(limit), kind: `custom-${verbOf(change)}` };
};

const valueOf = (custom: Readonly<Record<string, unknown>>): unknown => custom['value'];

const CUSTOM_RULES: Readonly<Record<string, (change: Parameters<JudgeChange>[0]) => ChangeJudgement>> = {
  'headwater:unknownMembers': unknownMembers,
  'headwater:recordBytesMax': recordBytes,
};
