/** Kebab case: lower case letters, digits and single hyphens, beginning with a letter, at most 63 characters. */
export const isKebabName = (name: string): boolean =>
  name.length <= 63 && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);

export const qualifiedNameOf = (domain: string, product: string): string => `${domain}/${product}`;

export const defaultTopicName = (domain: string, product: string): string => `${domain}.${product}`;

/** The registry subject of a topic's value (strategy TopicName). */
export const valueSubjectOf = (topic: string): string => `${topic}-value`;

const reserved = [/^__/, /^_schemas$/, /^connect-(configs|offsets|status)$/, /^mm2-/, /^\.{1,2}$/];

/** Topics of Kafka itself, the registry and Connect: never created, changed or deleted by us. */
export const isReservedTopic = (topic: string): boolean => reserved.some((pattern) => pattern.test(topic));

/** Kafka's own rule for topic names. */
export const isTopicName = (topic: string): boolean =>
  /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && !/^\.{1,2}$/.test(topic);
