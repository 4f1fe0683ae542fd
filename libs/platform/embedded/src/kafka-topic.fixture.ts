import { askKafka, kafkaString, openByteStream } from '@headwater/platform-wire';
import type { ByteStream } from '@headwater/platform-wire';

const createTopics = 19;
const metadata = 3;

/** Creates a topic with one partition (CreateTopics version 2). */
export async function createTopic(bootstrapServers: string, topic: string): Promise<void> {
  await withBroker(bootstrapServers, async (stream) => {
    const oneTopic = [int32(1), kafkaString(topic), int32(1), int16(1), int32(0), int32(0)];
    const answer = await askKafka(
      stream,
      createTopics,
      2,
      Buffer.concat([...oneTopic, int32(15_000), Buffer.of(0)]),
    );
    const error = answer.readInt16BE(10 + Buffer.byteLength(topic));
    if (error !== 0) throw new Error(`CreateTopics answered error ${error}`);
  });
}

/** Whether the broker knows a topic (Metadata version 1). */
export async function hasTopic(bootstrapServers: string, topic: string): Promise<boolean> {
  return withBroker(bootstrapServers, async (stream) => {
    const answer = await askKafka(stream, metadata, 1, int32(-1));
    return answer.includes(topic);
  });
}

async function withBroker<T>(bootstrapServers: string, work: (stream: ByteStream) => Promise<T>): Promise<T> {
  const [host = '', port = ''] = bootstrapServers.split(':');
  const stream = await openByteStream(host, Number(port), 20_000);
  try {
    return await work(stream);
  } finally {
    stream.close();
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
