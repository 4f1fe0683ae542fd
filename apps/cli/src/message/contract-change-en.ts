/** English texts of the commands about changes of contracts and the quality of products. */
export const contractChangeEnglish = {
  about: {
    publish: 'Publish a version of a product’s contract; waits for its readers where they are affected',
    advise:
      'Say which applications a changed contract breaks, in which order to roll it out, and the way round',
    quality: 'Show the quality checks of a product, measured over its table',
  },
  option: {
    product: '<domain>/<product>, when the contract does not name it',
    askReaders: 'ask applications that break instead of refusing: each gets a review task',
    measure: 'measure now instead of showing the last result',
    history: 'show this many results, the newest first',
  },
  changes: (classification: string, given: string, needed: string) =>
    `${classification} change: version ${given}, at least ${needed} is needed`,
  same: 'The contract says what the one in force says.',
  reader: { BREAKS: 'breaks', MIGRATES: 'moves later', UNAFFECTED: 'unaffected' },
  reads: (fields: string) => `reads ${fields}`,
  writers: 'Producers must change:',
  order: {
    ANY: 'Rollout: in any order.',
    READERS_FIRST: 'Rollout: readers first, then producers.',
    WRITERS_FIRST: 'Rollout: producers first, then readers.',
    NONE: 'Rollout: no order keeps everybody going.',
  },
  modes: (modes: string) => `Schema compatible under: ${modes}`,
  unknown: (groups: string) => `Unknown readers (consumer groups nobody declares): ${groups}`,
  unobserved: 'The consumer groups of the topic could not be looked at.',
  bridge: (version: string) =>
    `A way that breaks nobody, version ${version} (contract: -o json, bridge.contract):`,
  refused: 'It would be refused:',
  published: (product: string, version: string) => `${product}: version ${version} is in force`,
  unchanged: (product: string) => `${product}: nothing to change`,
  wouldPublish: (product: string, version: string) => `${product}: version ${version} would be published`,
  waits: (product: string, applications: string) => `${product}: waits for the review of ${applications}`,
  quality: {
    none: (product: string) => `${product}: nothing measured yet (--measure measures now)`,
    title: (product: string, status: string, rows: string, version: string, contract: string) =>
      `${product}: ${status} (${rows} rows, table version ${version}, contract ${contract})`,
  },
};
