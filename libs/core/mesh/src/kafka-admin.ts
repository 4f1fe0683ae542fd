/** A Kafka cluster as the control plane sees it. Implementation: libs/adapters/kafka. */
export interface KafkaAdmin {
  /** Throws `HW_KAFKA_UNREACHABLE` or `HW_KAFKA_LOGIN_REFUSED`, naming the variable to look at. */
  describeCluster(): Promise<{ readonly clusterId: string; readonly brokerCount: number }>;
  listTopicNames(): Promise<readonly string[]>;
  /** Topics that are not there are not in the answer. At most 1,000 names per call. */
  describeTopics(names: readonly string[]): Promise<readonly ObservedTopic[]>;
  /** `exists` when a topic of that name is there already; it is then left as it is. */
  createTopic(topic: {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor: number;
    readonly configs: Readonly<Record<string, string>>;
  }): Promise<{ readonly outcome: 'created'; readonly topicId: string } | { readonly outcome: 'exists' }>;
  createPartitions(topic: string, totalCount: number): Promise<void>;
  /** Changes only the named settings (incrementalAlterConfigs); null removes the override. */
  alterTopicConfigs(topic: string, configs: Readonly<Record<string, string | null>>): Promise<void>;
  /**
   * No error when it is already gone. With `topicId`, a topic of that name with another id is left alone. Makes sure that
   * the topic stays away.
   */
  deleteTopic(name: string, topicId?: string): Promise<void>;
  /** Consumer groups that have committed offsets of the topic, by name; of the first 500 groups of the cluster. */
  groupsOf(topic: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ObservedTopic {
  readonly name: string;
  /** Topic id, UUID text. A topic deleted and created again has another one. */
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Settings that differ from the cluster's defaults: Kafka's key -> value. */
  readonly configs: Readonly<Record<string, string>>;
}
