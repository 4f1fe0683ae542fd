import type { DataProduct as CoreProduct } from '@headwater/core-mesh';
import type { DataProduct, OutputPort } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface DataProductModel extends Omit<DataProduct, 'retention' | 'connection'> {
  readonly product: CoreProduct;
}

export const toDataProduct = (product: CoreProduct): DataProductModel => ({
  __typename: 'DataProduct',
  id: toGlobalId('DataProduct', product.id),
  qualifiedName: product.qualifiedName,
  name: product.name,
  title: product.title,
  description: product.description,
  status: toEnumName(product.status),
  createdAt: product.createdAtMs,
  retiredAt: product.retiredAtMs,
  version: product.generation,
  product,
});

export interface OutputPortModel extends OutputPort {
  readonly topicName: string | undefined;
}

/** The topic and the table of a product; their identifiers follow from the product's. */
export const toOutputPorts = (product: CoreProduct): readonly OutputPortModel[] => [
  {
    __typename: 'OutputPort',
    id: toGlobalId('OutputPort', `${product.id}/topic`),
    kind: 'TOPIC',
    location: product.topic.name,
    valueSubject: product.valueSubject,
    topicName: product.topic.name,
  },
  {
    __typename: 'OutputPort',
    id: toGlobalId('OutputPort', `${product.id}/table`),
    kind: 'TABLE',
    location: product.tableUrl,
    topicName: undefined,
  },
];
