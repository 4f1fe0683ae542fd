import { compileContract, describeProblem, parseContract } from '@headwater/core-contract';
import { unexpectedError } from '@headwater/kernel';
import { balance as balanceTopic } from '../balance/balance.ts';
import { formatBalanceLine } from '../balance/balance-sheet.ts';
import type { CommandContext } from '../context.ts';
import { balanceInputQuery } from '../control-plane/product-documents.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { kafkaSettings } from '../input/kafka-settings.ts';
import { formatCount } from '../output/format-values.ts';
import { createProgress } from '../output/progress.ts';
import { unknownProduct } from './status.ts';

interface BalanceAnswer {
  readonly dataProduct: {
    readonly contract: { readonly yaml: string } | null;
    readonly connection: {
      readonly bootstrapServers: string;
      readonly topic: string;
      readonly tableUrl: string;
      readonly quarantineUrl: string;
    } | null;
    readonly outputPorts: readonly { readonly topic: { readonly topicId: string | null } | null }[];
  } | null;
}

/** Another client reads the product's topic to its end and joins it with the tables; fails unless it balances. */
export async function balance(context: CommandContext, product: string): Promise<ExitCode> {
  const { terminal, messages } = context;
  const { dataProduct } = await context
    .controlPlane()
    .ask<BalanceAnswer>(balanceInputQuery, { name: product });
  const topicId = dataProduct?.outputPorts.find(({ topic }) => topic?.topicId)?.topic?.topicId;
  if (!dataProduct?.contract || !dataProduct.connection || !topicId) throw unknownProduct(product);
  terminal.say(messages.demo.balancing);
  const progress = createProgress(terminal);
  const { bootstrapServers, ...places } = dataProduct.connection;
  const sheet = await balanceTopic({
    ...places,
    settings: kafkaSettings(context.environment, bootstrapServers),
    topicId,
    contract: compile(dataProduct.contract.yaml),
    onProgress: (records) => progress(() => messages.demo.read(formatCount(records))),
  });
  for (const { problem, partition, offset } of sheet.examples)
    terminal.say(`  ${problem} [${partition}]@${offset}`);
  terminal.say(sheet.isBalanced ? messages.demo.balanced : messages.demo.notBalanced);
  terminal.print(formatBalanceLine(sheet));
  return sheet.isBalanced ? exitCode.ok : exitCode.failed;
}

/** A contract in force was parsed and compiled before it came into force. */
function compile(text: string) {
  const parsed = parseContract(text);
  const compiled = parsed.ok ? compileContract(parsed.value) : parsed;
  if (compiled.ok) return compiled.value;
  const [first] = compiled.error;
  throw unexpectedError({
    code: 'HW_CONTRACT_IN_FORCE_BROKEN',
    message: `The contract in force cannot be read: ${first === undefined ? '' : describeProblem('contract', first)}`,
  });
}
