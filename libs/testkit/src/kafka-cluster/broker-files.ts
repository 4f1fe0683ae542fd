import { randomBytes } from 'node:crypto';

export interface BrokerPlace {
  readonly nodeId: number;
  readonly port: number;
  /** Of broker 1, the only controller. */
  readonly controllerPort: number;
}

/** What `kafka-storage.sh format` writes; a Java per broker is saved. */
export const metaProperties = (nodeId: number, clusterId: string): string =>
  `version=1\ncluster.id=${clusterId}\nnode.id=${nodeId}\ndirectory.id=${randomBytes(16).toString('base64url').replace(/^-/, 'a')}\n`;

/** server.properties of one broker. Everything that waits waits for seconds, not minutes. */
export function brokerProperties(
  { nodeId, port, controllerPort }: BrokerPlace,
  places: readonly BrokerPlace[],
  data: string,
  settings: Readonly<Record<string, string>>,
): string {
  const isController = nodeId === 1;
  const listener = `PLAINTEXT://127.0.0.1:${port}`;
  return Object.entries({
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': String(nodeId),
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: isController ? `${listener},CONTROLLER://127.0.0.1:${controllerPort}` : listener,
    'advertised.listeners': listener,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'auto.leader.rebalance.enable': 'false',
    'default.replication.factor': String(places.length),
    'min.insync.replicas': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': String(places.length),
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': String(places.length),
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'broker.session.timeout.ms': '1500',
    'broker.heartbeat.interval.ms': '300',
    'replica.lag.time.max.ms': '1500',
    'replica.fetch.wait.max.ms': '100',
    'unclean.leader.election.interval.ms': '500',
    'log.retention.check.interval.ms': '500',
    'log.segment.delete.delay.ms': '100',
    'log.initial.task.delay.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '2',
    'background.threads': '2',
    'num.replica.fetchers': '1',
    'log.cleaner.dedupe.buffer.size': '4194304',
    ...settings,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

export const brokerLogging = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN" shutdownHook="disable">
  <Appenders>
    <Console name="out" target="SYSTEM_OUT"><PatternLayout pattern="%d{HH:mm:ss.SSS} %p %c{1} %m%n"/></Console>
  </Appenders>
  <Loggers>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"/>
    <Logger name="org.apache.kafka.common.utils.AppInfoParser" level="ERROR"/>
    <Root level="WARN"><AppenderRef ref="out"/></Root>
  </Loggers>
</Configuration>
`;
