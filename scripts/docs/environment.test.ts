import path from 'node:path';
import { listVariables, type VariableDescription } from '@headwater/platform-config';
import { expect, test } from 'vitest';
import { leastRights, type Right } from '../../tests/wire/least-rights.ts';
import { environmentSchema as cli } from '../../apps/cli/src/environment.ts';
import { environmentSchema as controlPlane } from '../../apps/control-plane/src/environment.ts';
import { environmentSchema as retentionWorker } from '../../apps/retention-worker/src/environment.ts';
import { environmentSchema as stagingWorker } from '../../apps/staging-worker/src/environment.ts';

const apps = {
  'control-plane': controlPlane,
  'staging-worker': stagingWorker,
  'retention-worker': retentionWorker,
  headwater: cli,
};

const intro = `# Environment

Each app reads its environment once, at start, and reports every problem at once. A blank variable counts as not set. Secrets are never written to a message or a log; a secret \`X\` may be given as \`X_FILE\`, the path of a file that holds it. This page is generated from the schemas that do the reading.
`;

function renderVariable({
  name,
  description,
  isRequired,
  defaultValue,
  isSecret,
  example,
}: VariableDescription): string {
  const value = isRequired ? 'required' : (defaultValue ?? 'not set');
  return `| \`${name}\` | ${description} | \`${value}\` | \`${example}\`${isSecret ? ' (secret)' : ''} |`;
}

function renderApp(app: string, variables: readonly VariableDescription[]): string {
  const rows = variables.map(renderVariable).join('\n');
  return `## ${app}\n\n| variable | meaning | default | example |\n|---|---|---|---|\n${rows}\n`;
}

const acl = (principal: string, [resource, prefix, ...operations]: Right): string =>
  `kafka-acls.sh --bootstrap-server $KAFKA --command-config admin.properties --add --allow-principal User:${principal} \\
  --${resource} '${prefix}' --resource-pattern-type prefixed ${operations.map((operation) => `--operation ${operation}`).join(' ')}`;

function renderRights(): string {
  const commands = Object.entries(leastRights('<domain>.')).map(
    ([principal, rights]) => `# ${principal}\n${rights.map((right) => acl(principal, right)).join('\n')}`,
  );
  return `## Least rights in Kafka

Where the cluster denies by default, each app needs these and no more (READ, WRITE, ALTER and DELETE include DESCRIBE). One set for each domain, or for a prefix that all topics share. \`tests/wire\` runs a product from onboarding to retention with exactly these.

\`\`\`sh
${commands.join('\n\n')}
\`\`\`

## Rotating a password

A worker reads \`KAFKA_SASL_PASSWORD_FILE\` again at each login and each renewal of one (\`connections.max.reauth.ms\`). Change the credential in the cluster, then the file: what fails between the two is tried again, and nothing is lost. Without the file variable a new password needs a restart of the process.
`;
}

test('docs/environment.md lists every variable of every app', async () => {
  const page = [
    intro,
    ...Object.entries(apps).map(([app, schema]) => renderApp(app, listVariables(schema))),
    renderRights(),
  ].join('\n');
  await expect(page).toMatchFileSnapshot(path.join(import.meta.dirname, '../../docs/environment.md'));
});
