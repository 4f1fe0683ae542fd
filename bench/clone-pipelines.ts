import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { runSql, type Stack } from '@headwater/platform-embedded';

/**
 * Copies of the one onboarded product, as onboarding would leave them: `count` topics of one partition and pipelines that
 * run, written straight into Postgres; the original is paused.
 */
export async function clonePipelines(stack: Stack, count: number, prefix: string): Promise<void> {
  const admin = createKafkaAdmin({ settings: { bootstrapServers: stack.kafkaBootstrapServers.split(',') } });
  const names = Array.from({ length: count }, (_, index) => `${prefix}.t${index}`);
  for (let start = 0; start < count; start += 20) {
    await Promise.all(
      names
        .slice(start, start + 20)
        .map((name) => admin.createTopic({ name, partitions: 1, replicationFactor: 1, configs: {} })),
    );
  }
  const topics = await admin.describeTopics(names);
  await admin.close();
  const rows = topics.map(
    ({ name, topicId }) => `('${name}', '${topicId}', gen_random_uuid(), gen_random_uuid())`,
  );
  await runSql(
    stack.databaseUrl,
    `CREATE TABLE bench_clone (topic text, topic_id text, product_id uuid, pipeline_id uuid);
     INSERT INTO bench_clone VALUES ${rows.join()};
     INSERT INTO data_product SELECT (jsonb_populate_record(p, jsonb_build_object('id', c.product_id, 'name', c.topic,
       'qualified_name', 'bench/' || c.topic))).* FROM data_product p, bench_clone c;
     INSERT INTO staging_pipeline SELECT (jsonb_populate_record(s, jsonb_build_object('id', c.pipeline_id,
       'data_product_id', c.product_id, 'topic', c.topic, 'topic_id', c.topic_id,
       'table_url', s.table_url || '-' || c.topic, 'quarantine_url', s.quarantine_url || '-' || c.topic,
       'spec', s.spec || jsonb_build_object('productName', 'bench/' || c.topic),
       'desired_state', 'running'))).* FROM staging_pipeline s, bench_clone c;
     INSERT INTO lane_lease (pipeline_id, lane) SELECT pipeline_id, 0 FROM bench_clone;
     UPDATE staging_pipeline SET desired_state = 'paused' WHERE id NOT IN (SELECT pipeline_id FROM bench_clone);
     DROP TABLE bench_clone`,
  );
}
