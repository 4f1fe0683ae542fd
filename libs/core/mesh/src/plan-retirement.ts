import type { Change } from '@headwater/core-reconcile';
import { err, ok, type Result } from '@headwater/kernel';
import type { DataProduct } from './data-product.ts';
import { isTopicOurs, type ObservedProduct } from './observed-product.ts';
import type { Problem } from './problem.ts';

export interface RetirementWish {
  readonly qualifiedName: string;
  readonly reason: string;
  /** What the caller typed to confirm that records are lost. */
  readonly confirmation?: string;
  readonly tables: 'keep' | 'delete';
}

/** What retiring a product removes, in order, or why it cannot be retired. */
export function planRetirement(
  wish: RetirementWish,
  product: DataProduct,
  observed: ObservedProduct,
): Result<readonly Change[], readonly Problem[]> {
  const problems = [...judgeState(product), ...judgeTopic(product, observed)];
  if (problems.length > 0) return err(problems);
  const name = product.qualifiedName;
  return ok([
    ...(observed.pipeline === undefined
      ? []
      : [remove('pipeline', name, 'Staging stops for good.', false, observed.pipeline.spec.pipelineId)]),
    ...(observed.topic === undefined || !isTopicOurs(observed)
      ? []
      : [
          remove(
            'topic',
            product.topic.name,
            'Every record in the topic is gone for good.',
            true,
            observed.topic.topicId,
          ),
        ]),
    ...(observed.subject === undefined
      ? []
      : [
          remove(
            'subject',
            product.valueSubject,
            'Soft deleted: schemas stay readable by id.',
            false,
            observed.subject.schemaId,
          ),
        ]),
    ...[product.tableUrl, product.quarantineUrl].map((url) =>
      wish.tables === 'delete'
        ? remove('table', url, 'Every file of the table is removed.', true, url)
        : ({
            action: 'none',
            resource: 'table',
            name: url,
            risk: 'none',
            dataLoss: false,
            reason: 'The table is kept.',
          } as const),
    ),
    remove('data-product', name, wish.reason, false, product.status),
  ]);
}

/** Records may be lost only when the caller typed the product's name. */
export function judgeConfirmation(wish: RetirementWish, changes: readonly Change[]): readonly Problem[] {
  if (!changes.some(({ dataLoss }) => dataLoss) || wish.confirmation === wish.qualifiedName) return [];
  const lost = changes.filter(({ dataLoss }) => dataLoss).map(({ resource, name }) => `${resource} ${name}`);
  return [
    {
      code: 'HW_RETIRE_NOT_CONFIRMED',
      message: `Retiring ${wish.qualifiedName} deletes records for good: ${lost.join(', ')}.`,
      fix: `Repeat it with confirmDataLoss: "${wish.qualifiedName}".`,
      path: ['confirmDataLoss'],
    },
  ];
}

const remove = (
  resource: Change['resource'],
  name: string,
  reason: string,
  dataLoss: boolean,
  before: string | number,
): Change => ({
  action: 'delete',
  resource,
  name,
  before,
  risk: dataLoss ? 'high' : 'low',
  dataLoss,
  reason,
});

function judgeState({ status, qualifiedName }: DataProduct): readonly Problem[] {
  if (status !== 'retired') return [];
  return [
    {
      code: 'HW_PRODUCT_RETIRED',
      message: `${qualifiedName} is retired already.`,
      fix: 'There is nothing left to do.',
      path: ['product'],
    },
  ];
}

function judgeTopic(product: DataProduct, observed: ObservedProduct): readonly Problem[] {
  if (observed.topic === undefined || observed.pipeline === undefined || isTopicOurs(observed)) return [];
  return [
    {
      code: 'HW_TOPIC_NOT_OURS',
      message: `The topic ${product.topic.name} was deleted and created again by somebody else, so it is not touched.`,
      fix: 'Have its owner delete or rename it, then retire the product.',
      path: ['product'],
    },
  ];
}
