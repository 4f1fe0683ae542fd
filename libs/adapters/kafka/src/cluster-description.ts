import { AclOperations, describeClusterV1, DescribeClusterEndpointTypes } from '@platformatic/kafka';
import type { KafkaCluster } from './kafka-cluster.ts';

export interface ClusterDescription {
  readonly clusterId: string;
  readonly brokerCount: number;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  /** Kafka's names of the operations this principal may do on the cluster; all of them without an authorizer. */
  readonly authorizedOperations: readonly string[];
}

/** @throws HeadwaterError operational HW_KAFKA_UNREACHABLE, HW_KAFKA_LOGIN_REFUSED, HW_KAFKA_TLS_EXPECTED */
export async function describeCluster(cluster: KafkaCluster): Promise<ClusterDescription> {
  const answer = await cluster.ask('describe the cluster', (connection) =>
    describeClusterV1.api.async(connection, true, DescribeClusterEndpointTypes.BROKERS),
  );
  const brokers = answer.brokers.map(({ brokerId, host, port }) => ({ nodeId: brokerId, host, port }));
  cluster.learn(brokers);
  return {
    clusterId: answer.clusterId,
    brokerCount: brokers.length,
    brokers,
    authorizedOperations: Object.entries(AclOperations).flatMap(([name, bit]) =>
      (answer.clusterAuthorizedOperations >> bit) & 1 ? [name] : [],
    ),
  };
}
