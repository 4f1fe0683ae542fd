import type { DataProduct } from '@headwater/core-mesh';
import type { ConnectionGuide } from '../generated/schema-types.ts';

/** Copy-paste instructions for one product. Every snippet runs as it is once the named packages are installed. */
export function toConnectionGuide(product: DataProduct, bootstrapServers: string): ConnectionGuide {
  const { tableUrl, quarantineUrl } = product;
  const topic = product.topic.name;
  return {
    bootstrapServers,
    topic,
    tableUrl,
    quarantineUrl,
    snippets: [
      { title: 'produce with kafkajs', language: 'JAVASCRIPT', code: kafkajs(topic, bootstrapServers) },
      {
        title: 'produce with confluent-kafka',
        language: 'PYTHON',
        code: confluentKafka(topic, bootstrapServers),
      },
      { title: 'produce with the Java client', language: 'JAVA', code: java(topic, bootstrapServers) },
      { title: 'read the table with DuckDB', language: 'SQL', code: duckdb(tableUrl) },
      { title: 'read the table with delta-rs', language: 'PYTHON', code: deltaRs(tableUrl) },
    ],
  };
}

const kafkajs = (
  topic: string,
  brokers: string,
): string => `import { Kafka } from 'kafkajs'; // npm install kafkajs

const kafka = new Kafka({ brokers: ${JSON.stringify(brokers.split(',').map((broker) => broker.trim()))} });
const producer = kafka.producer();
await producer.connect();
await producer.send({ topic: '${topic}', messages: [{ value: JSON.stringify({ hello: 'world' }) }] });
await producer.disconnect();
`;

const confluentKafka = (
  topic: string,
  brokers: string,
): string => `from confluent_kafka import Producer  # pip install confluent-kafka
import json

producer = Producer({"bootstrap.servers": "${brokers}"})
producer.produce("${topic}", json.dumps({"hello": "world"}))
producer.flush()
`;

const java = (topic: string, brokers: string): string => `import java.util.Map;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.StringSerializer;

public class Produce {
  public static void main(String[] args) {
    var settings = Map.<String, Object>of("bootstrap.servers", "${brokers}");
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("${topic}", "{\\"hello\\": \\"world\\"}"));
    }
  }
}
`;

const duckdb = (tableUrl: string): string =>
  `INSTALL delta; LOAD delta;\nSELECT * FROM delta_scan('${tableUrl}') ORDER BY _ingested_at DESC LIMIT 10;\n`;

const deltaRs = (tableUrl: string): string =>
  `from deltalake import DeltaTable  # pip install deltalake pyarrow\n\nprint(DeltaTable("${tableUrl}").to_pyarrow_table().slice(0, 10))\n`;
