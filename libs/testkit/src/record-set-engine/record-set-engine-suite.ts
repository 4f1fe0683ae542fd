import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { removeScratch, type EngineUnderTest } from './engine-under-test.ts';
import { batchTests } from './suite-batch.ts';
import { judgementTests } from './suite-judgement.ts';
import { recordSetTests } from './suite-record-sets.ts';
import { typeTests } from './suite-types.ts';

/**
 * What every implementation of RecordSetEngine must do. `open` is called once; the engine is closed at the end.
 */
export function describeRecordSetEngine(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`${name} as a RecordSetEngine`, () => {
    let under: EngineUnderTest | undefined;
    beforeAll(async () => {
      under = await open();
    });
    afterEach(removeScratch);
    afterAll(() => under?.engine.close());
    const engine = (): EngineUnderTest => under!;
    describe('types', () => typeTests(engine));
    describe('judgement', () => judgementTests(engine));
    describe('record sets', () => recordSetTests(engine));
    describe('batches', () => batchTests(engine));
  });
}
