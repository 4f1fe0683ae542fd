/** Operations on all topics or groups whose name has a prefix. */
export type Right = readonly [
  resource: 'topic' | 'group',
  prefix: string,
  ...operations: readonly Operation[],
];
type Operation =
  'READ' | 'WRITE' | 'CREATE' | 'DELETE' | 'ALTER' | 'DESCRIBE' | 'DESCRIBE_CONFIGS' | 'ALTER_CONFIGS';

/** The least each app needs; docs/environment.md shows them as commands. */
export const leastRights = (domains: string): Readonly<Record<string, readonly Right[]>> => ({
  'control-plane': [['topic', domains, 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS']],
  'staging-worker': [
    ['topic', domains, 'READ', 'DESCRIBE_CONFIGS'],
    ['group', 'headwater.', 'READ'],
  ],
  'retention-worker': [['topic', domains, 'DELETE', 'DESCRIBE_CONFIGS']],
  producer: [['topic', domains, 'WRITE']],
});
