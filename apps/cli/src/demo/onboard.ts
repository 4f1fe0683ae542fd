import { userError } from '@headwater/kernel';
import { waitForOperation } from '../command/operation-wait.ts';
import { accepted, type ControlPlane } from '../control-plane/client.ts';
import { dataProductQuery, onboardMutation } from '../control-plane/product-documents.ts';
import type { ConnectionGuide, ProductChange, ProductDescription } from '../control-plane/types.ts';
import type { DemoProduct } from './demo-event.ts';

const onboardSecondsMax = 60;

/** Asks for the product as its team would, waits until it can be used, and resolves how to connect to it. */
export async function onboardDemo(
  controlPlane: ControlPlane,
  { onboarding, contract, qualifiedName }: DemoProduct,
  onStep: (title: string) => void,
): Promise<ConnectionGuide> {
  const { result } = await controlPlane.ask<{ result: ProductChange }>(onboardMutation, {
    input: { ...onboarding, contract },
  });
  const { operation, changeRequest } = accepted(result);
  if (operation !== null) {
    await waitForOperation(controlPlane, operation, { secondsMax: onboardSecondsMax, onStep });
  } else if (changeRequest?.status === 'PROPOSED') {
    throw userError({
      code: 'HW_DEMO_NEEDS_APPROVAL',
      message: `${qualifiedName} waits for approval of change request ${changeRequest.id}.`,
      fix: 'Let another administrator approve it, then start the demo again.',
    });
  }
  return readConnection(controlPlane, qualifiedName);
}

export async function readConnection(controlPlane: ControlPlane, product: string): Promise<ConnectionGuide> {
  const { dataProduct } = await controlPlane.ask<{ dataProduct: ProductDescription | null }>(
    dataProductQuery,
    {
      name: product,
    },
  );
  const connection = dataProduct?.connection;
  if (!connection) {
    throw userError({
      code: 'HW_PRODUCT_NOT_CONNECTED',
      message: `${product} has no topic to connect to.`,
      fix: `See \`headwater describe product ${product}\`.`,
    });
  }
  return connection;
}
