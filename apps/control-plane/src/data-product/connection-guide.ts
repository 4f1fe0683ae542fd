import { exampleRecord } from '@headwater/core-contract';
import type { CompiledContract } from '@headwater/core-contract';
import type { DataProduct } from '@headwater/core-mesh';
import type { ConnectionGuide } from '../generated/schema-types.ts';

/** What producers send while nothing better is known; the judge of the contract will name what is missing. */
const ANY_RECORD = '{}';

/**
 * Copy-paste instructions for one product. Every snippet runs as it is once the named packages are installed, and what
 * it produces fits the contract.
 */
export function toConnectionGuide(
  product: DataProduct,
  contract: CompiledContract | undefined,
  bootstrapServers: string,
): ConnectionGuide {
  const { tableUrl, quarantineUrl } = product;
  const topic = product.topic.name;
  const record = (contract && exampleRecord(contract)) ?? ANY_RECORD;
  return {
    bootstrapServers,
    topic,
    tableUrl,
    quarantineUrl,
    snippets: [
      {
        title: 'produce with kafkajs',
        language: 'JAVASCRIPT',
        code: kafkajs(topic, bootstrapServers, record),
      },
      {
        title: 'produce with confluent-kafka',
        language: 'PYTHON',
        code: confluentKafka(topic, bootstrapServers, record),
      },
      {
        title: 'produce with the Java client',
        language: 'JAVA',
        code: java(topic, bootstrapServers, record),
      },
      { title: 'read the table with DuckDB', language: 'SQL', code: duckdb(tableUrl) },
      { title: 'read the table with delta-rs', language: 'PYTHON', code: deltaRs(tableUrl) },
    ],
  };
}

// Records are written as text, not as objects of the language: numbers keep every digit on the way to the topic.

const kafkajs = (
  topic: string,
  brokers: string,
  record: string,
): string => `import { Kafka } from 'kafkajs'; // npm install kafkajs

const kafka = new Kafka({ brokers: ${JSON.stringify(brokers.split(',').map((broker) => broker.trim()))} });
const producer = kafka.producer();
const value = \`${record.replace(/[\\`$]/g, '\\$&')}\`;
await producer.connect();
await producer.send({ topic: '${topic}', messages: [{ value }] });
await producer.disconnect();
`;

const confluentKafka = (
  topic: string,
  brokers: string,
  record: string,
): string => `from confluent_kafka import Producer  # pip install confluent-kafka

value = '''${record.replace(/[\\']/g, '\\$&')}'''
producer = Producer({"bootstrap.servers": "${brokers}"})
producer.produce("${topic}", value)
producer.flush()
`;

const java = (topic: string, brokers: string, record: string): string => `import java.util.Map;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.StringSerializer;

public class Produce {
  public static void main(String[] args) {
    var settings = Map.<String, Object>of("bootstrap.servers", "${brokers}");
    var value = """
${indented(record.replaceAll('\\', '\\\\').replaceAll('"""', '""\\"'), 8)}""";
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("${topic}", value));
    }
  }
}
`;

/** A text block of Java loses the spaces all its lines begin with. */
const indented = (text: string, spaces: number): string => text.replace(/^/gm, ' '.repeat(spaces));

const duckdb = (tableUrl: string): string =>
  `INSTALL delta; LOAD delta;\nSELECT * FROM delta_scan('${tableUrl}') ORDER BY _ingested_at DESC LIMIT 10;\n`;

const deltaRs = (tableUrl: string): string =>
  `from deltalake import DeltaTable  # pip install deltalake pyarrow\n\nprint(DeltaTable("${tableUrl}").to_pyarrow_table().slice(0, 10))\n`;
