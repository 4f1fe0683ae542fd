import { Inject, Injectable } from '@nestjs/common';
import { isVersionRange } from '@headwater/core-advisor';
import {
  readsMax,
  type Application,
  type ApplicationRead,
  type DataProduct,
  type MeshUnit,
  type Principal,
  type Problem,
} from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';
import { findProduct } from '../data-product/find-product.ts';
import { productUnknown } from '../data-product/product-unknown.ts';
import type { DeclareReadInput, OutputPortKind, WithdrawReadInput } from '../generated/schema-types.ts';
import { unknownName } from '../schema/name-problem.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, PLATFORM, type Platform } from '../services.ts';
import { findUnknownFields } from './unknown-fields.ts';

const fieldsMax = 1_000;
const schemaBytesMax = 1_000_000;

/** What applications say they read. */
@Injectable()
export class ReadCommands {
  readonly #mutations: Mutations;
  readonly #platform: Platform;

  constructor(@Inject(MUTATIONS) mutations: Mutations, @Inject(PLATFORM) platform: Platform) {
    this.#mutations = mutations;
    this.#platform = platform;
  }

  declare(
    call: MutationCall & { readonly input: DeclareReadInput },
  ): Promise<Outcome<{ readonly readId: string }>> {
    const { input } = call;
    return this.#mutations.run(call, async (unit, actor) => {
      const found = await findReader(unit, input, call.principal);
      if (!found.ok) return found;
      const { application, product } = found.value;
      const problems = await judgeRead(unit, product, input);
      if (problems.length > 0) return err(problems);
      const read = await unit.applicationReads.save({
        ...toRead(input),
        id: this.#platform.ids.uuid(),
        applicationId: application.id,
        productId: product.id,
        declaredBy: actor,
      });
      return ok({
        refs: { readId: read.id },
        audit: {
          event: 'application.read-declared',
          subject: application.name,
          facts: { product: product.qualifiedName, port: read.port, fields: read.fields?.join(' ') ?? 'all' },
        },
      });
    });
  }

  withdraw(
    call: MutationCall & { readonly input: WithdrawReadInput },
  ): Promise<Outcome<{ readonly applicationId: string }>> {
    return this.#mutations.run(call, async (unit) => {
      const found = await findReader(unit, call.input, call.principal);
      if (!found.ok) return found;
      const { application, product } = found.value;
      const port = portOf(call.input.port);
      await unit.applicationReads.remove({ applicationId: application.id, productId: product.id, port });
      return ok({
        refs: { applicationId: application.id },
        audit: {
          event: 'application.read-withdrawn',
          subject: application.name,
          facts: { product: product.qualifiedName, port },
        },
      });
    });
  }
}

const portOf = (port: OutputPortKind | null | undefined): ApplicationRead['port'] =>
  port === 'TABLE' ? 'table' : 'topic';

const toRead = ({ port, fields, versionRange, schema, consumerGroup }: DeclareReadInput) => ({
  port: portOf(port),
  ...(fields ? { fields: [...new Set(fields)] } : {}),
  ...(versionRange ? { versionRange } : {}),
  ...(schema ? { schema: { type: schema.type, text: schema.text } } : {}),
  ...(consumerGroup ? { consumerGroup } : {}),
});

/** Members speak for the applications of their own team when their token acts for one. */
async function findReader(
  unit: MeshUnit,
  input: { readonly application: string; readonly product: string },
  principal: Principal | undefined,
): Promise<Result<{ readonly application: Application; readonly product: DataProduct }, readonly Problem[]>> {
  const application = await unit.applications.byName(input.application);
  if (application === undefined) return err([unknownName('application', input.application, 'application')]);
  const { role, teamId } = principal ?? {};
  if (role !== 'admin' && teamId !== undefined && teamId !== application.teamId) {
    return err([otherTeam(application.name)]);
  }
  const product = await findProduct(unit, input.product);
  return product === undefined ? err([productUnknown(input.product)]) : ok({ application, product });
}

async function judgeRead(
  unit: MeshUnit,
  product: DataProduct,
  { fields, versionRange, schema }: DeclareReadInput,
): Promise<readonly Problem[]> {
  if ((fields?.length ?? 0) > fieldsMax || (schema?.text.length ?? 0) > schemaBytesMax) return [tooLarge];
  if (versionRange && !isVersionRange(versionRange)) return [badRange];
  const stored = await unit.applicationReads.byProductIds([product.id]);
  if (stored.length >= readsMax) return [tooMany];
  const [contract] = await unit.contracts.byIds([product.contractVersionId]);
  return contract === undefined ? [] : findUnknownFields(contract, fields ?? []);
}

const otherTeam = (name: string): Problem => ({
  code: 'HW_READ_OTHER_TEAM',
  message: `Only the team of ${name} says what it reads.`,
  fix: 'Use a token that acts for that team.',
  path: ['application'],
});

const badRange: Problem = {
  code: 'HW_READ_VERSION_RANGE',
  message: 'The version range cannot be read.',
  fix: 'Write it like ^1.0.0, ~1.2, 1.x or >=1.0.0 <3.0.0.',
  path: ['versionRange'],
};

const tooLarge: Problem = {
  code: 'HW_READ_TOO_LARGE',
  message: `At most ${fieldsMax} fields and a schema of ${schemaBytesMax} characters can be declared.`,
  path: ['fields'],
};

const tooMany: Problem = {
  code: 'HW_READ_TOO_MANY',
  message: `At most ${readsMax} readers of one product are kept.`,
  fix: 'Withdraw those that do not read any more.',
  path: ['product'],
};
