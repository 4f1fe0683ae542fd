import type { DataProduct, MeshReads } from '@headwater/core-mesh';
import { idOf } from '../schema/global-id.ts';

/** The product that a client names by its identifier or as `<domain>/<product>`. */
export async function findProduct(
  reads: Pick<MeshReads, 'products'>,
  idOrName: string,
): Promise<DataProduct | undefined> {
  const id = idOrName.includes('/') ? undefined : idOf('DataProduct', idOrName);
  if (id === undefined) return reads.products.byQualifiedName(idOrName);
  const [product] = await reads.products.byIds([id]);
  return product;
}
