import { HeadwaterError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { dataProductQuery } from '../control-plane/product-documents.ts';
import type { ProductDescription } from '../control-plane/types.ts';
import { unknownProduct } from '../command/status.ts';

/**
 * The topic of `<domain>/<product>`, asked from the control plane; when none runs, by the convention
 * `<domain>.<product>`. A name without `/` is a topic name already.
 */
export async function topicOf(context: CommandContext, product: string): Promise<string> {
  if (!product.includes('/')) return product;
  try {
    const { dataProduct } = await context
      .controlPlane()
      .ask<{ dataProduct: ProductDescription | null }>(dataProductQuery, { name: product });
    if (dataProduct === null) throw unknownProduct(product);
    return dataProduct.connection?.topic ?? toConventionalTopic(product);
  } catch (error) {
    const isAway = error instanceof HeadwaterError && /UNREACHABLE|HW_CONTROL_PLANE_UNKNOWN/.test(error.code);
    if (isAway) return toConventionalTopic(product);
    throw error;
  }
}

const toConventionalTopic = (product: string): string => product.replace('/', '.');
