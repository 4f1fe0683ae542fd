import { examine, type Finding } from '@headwater/platform-embedded';
import type { CommandContext } from '../context.ts';
import { findControlPlane } from '../control-plane/connection.ts';
import { installationQuery } from '../control-plane/mesh-documents.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { HeadwaterError } from '@headwater/kernel';

/** Looks at everything Headwater needs, prints what is wrong with its fix, and fails when something needed is wrong. */
export async function doctor(context: CommandContext): Promise<ExitCode> {
  const { environment, terminal, messages } = context;
  const { home, cacheDir, variables } = environment;
  const findings = [
    ...(await examine({ home, cacheDir, env: variables })),
    await examineControlPlane(context),
  ];
  const broken = findings.filter(({ state, isOptional }) => state !== 'ok' && !isOptional);
  if (context.format() === 'json') terminal.print(JSON.stringify(findings, undefined, 2));
  else if (context.format() === 'jsonl')
    for (const finding of findings) terminal.print(JSON.stringify(finding));
  else for (const line of renderFindings(findings, context)) terminal.print(line);
  terminal.say(broken.length === 0 ? messages.doctor.allGood : messages.doctor.broken(broken.length));
  return broken.length === 0 ? exitCode.ok : exitCode.failed;
}

/** A local control plane that does not run is no fault: `npm start` starts it. A configured one must answer. */
async function examineControlPlane({ environment }: CommandContext): Promise<Finding> {
  const about = { id: 'control-plane', name: 'control plane' };
  const isOptional = environment.controlPlane.url === undefined;
  try {
    const controlPlane = findControlPlane(environment);
    await controlPlane.ask(installationQuery);
    return { ...about, state: 'ok', found: controlPlane.url, isOptional };
  } catch (error) {
    if (!(error instanceof HeadwaterError)) throw error;
    const { message, fix } = error;
    return { ...about, state: 'missing', found: message, isOptional, ...(fix === undefined ? {} : { fix }) };
  }
}

function renderFindings(
  findings: readonly Finding[],
  { messages, terminal }: CommandContext,
): readonly string[] {
  const { green, yellow, red } = terminal.colors;
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings.flatMap(({ name, state, found, fix, isOptional }) => {
    const mark = state === 'ok' ? green('ok') : isOptional ? yellow('--') : red('!!');
    const line = `${mark}  ${name.padEnd(width)}  ${found}`;
    return fix === undefined ? [line] : [line, `      ${messages.doctor.fix}: ${fix}`];
  });
}
