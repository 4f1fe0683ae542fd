import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { kafkaSettings } from '../input/kafka-settings.ts';
import { topicOf } from '../input/topic-name.ts';
import { decodeRecord, formatRecordLine, formatRecordText } from '../records/decode-record.ts';
import { tailTopic } from '../records/tail-topic.ts';

export interface TailCommandOptions {
  /** Newest records to begin with. */
  readonly last: number;
  readonly follow?: boolean;
  /** Read values as JSON, behind a schema id if there is one. */
  readonly decode?: boolean;
  /** Indented JSON below each record's coordinates. */
  readonly pretty?: boolean;
  /** False with --no-values: coordinates, times and sizes only. */
  readonly values: boolean;
}

/** Prints records of a topic as they come; `-o json` and `-o jsonl` both give one JSON object per line. */
export async function tail(
  context: CommandContext,
  product: string,
  { last, follow = false, decode = false, pretty = false, values }: TailCommandOptions,
  stopped: AbortSignal,
): Promise<ExitCode> {
  const { terminal } = context;
  const isForPeople = context.format() === 'table';
  await tailTopic({
    settings: kafkaSettings(context.environment),
    topic: await topicOf(context, product),
    last,
    isFollowing: follow,
    stopped,
    onRecord(record) {
      const decoded = decodeRecord(record, { isDecoding: decode, showsValues: values });
      terminal.print(isForPeople ? formatRecordText(decoded, pretty) : formatRecordLine(decoded));
    },
  });
  return exitCode.ok;
}
