/** How a subject is called after what it describes; spelled as the serializers spell them. */
export const subjectNameStrategies = ['TopicName', 'RecordName', 'TopicRecordName'] as const;
export type SubjectNameStrategy = (typeof subjectNameStrategies)[number];

export interface SubjectNaming {
  readonly topic: string;
  readonly part: 'key' | 'value';
  /** Full name of the record: Avro and Protobuf full name, `title` of a JSON Schema. */
  readonly recordName?: string;
}

/** The subject of a schema; undefined when the strategy needs a record name and there is none. */
export function subjectName(
  strategy: SubjectNameStrategy,
  { topic, part, recordName }: SubjectNaming,
): string | undefined {
  if (strategy === 'TopicName') return `${topic}-${part}`;
  if (recordName === undefined) return undefined;
  return strategy === 'RecordName' ? recordName : `${topic}-${recordName}`;
}
