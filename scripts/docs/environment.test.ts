import path from 'node:path';
import { listVariables, type VariableDescription } from '@headwater/platform-config';
import { expect, test } from 'vitest';
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

Each app reads its environment once, at start, and reports every problem at once. A blank variable counts as not set. Secrets are never written to a message or a log. This page is generated from the schemas that do the reading.
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

test('docs/environment.md lists every variable of every app', async () => {
  const page = [
    intro,
    ...Object.entries(apps).map(([app, schema]) => renderApp(app, listVariables(schema))),
  ].join('\n');
  await expect(page).toMatchFileSnapshot(path.join(import.meta.dirname, '../../docs/environment.md'));
});
