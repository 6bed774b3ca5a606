import { Command } from 'commander';
import type { Deployed, Plan } from '#deploy';
import { type Progress, reportResult, say, startProgress } from '#terminal';
import { takesStore } from './models/store-option.ts';
import { type StackFlags, takesStack } from './stack/stack-option.ts';

interface Flags extends StackFlags {
  param?: string[];
  model?: string[];
  dryRun?: true;
  json?: boolean;
}

export function deployCommand(): Command {
  return takesStack(takesStore(new Command('deploy')))
    .description('Examine, bundle, deploy, make a key, and ask the API once. Says what the stack costs to keep.')
    .option('--param <name=value...>', 'settings, as for serverless deploy')
    .option('--model <ref...>', 'models to put in, the default first; those of the last bundle if left out')
    .option('--dry-run', 'say all that would happen, and change nothing')
    .option('--json', 'print JSON; what happens meanwhile stays on stderr')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe deploy --dry-run
  $ freezeframe deploy
  $ freezeframe deploy --stage prod --region eu-central-1 --param architecture=arm64 alarmEmail=me@example.org

An API that asks for keys and has none gets its first one, which is shown once; but not where CI is set, as many may read
its log. Where there are keys, FREEZEFRAME_KEY may hold one, to have a picture answered. Going back and taking down are the
framework's: it ends with what to type.`,
    )
    .action(run);
}

async function run({ json = false, dryRun, param, model, stage, region }: Flags): Promise<void> {
  const { costsText, deploy, plan } = await import('#deploy');
  const { findingsText } = await import('#doctor');
  const { sizeTable } = await import('#bundle');
  const part = (text: string) => say(`${text}\n`);
  const examined = (findings: Parameters<typeof findingsText>[0]) => part(findingsText(findings));
  const options = { folder: process.cwd(), stage, region, parameters: param, models: model };
  if (dryRun) {
    const planned = await plan(options, { examined });
    reportResult(planned, json, () => planText(planned, planned.costs && costsText(planned.costs)));
    return;
  }
  let progress: Progress | undefined;
  const bundling = (done: number, total: number, note: string) => {
    progress ??= startProgress('Bundling', total, 'parts');
    progress.update(done, note);
    if (done === total) progress.stop();
  };
  const result = await deploy(
    { ...options, key: process.env.FREEZEFRAME_KEY, readByOthers: isCi(process.env.CI) },
    {
      examined,
      bundling,
      bundled: ({ units, limit }) => part(sizeTable(units, limit)),
      priced: (costs) => part(costsText(costs)),
    },
  ).finally(() => progress?.stop());
  const { silent, ...rest } = result;
  const told = silent ? { ...rest, silent: { code: silent.code, message: silent.message } } : rest;
  reportResult(told, json, () => deployedText(result));
  if (silent) process.exitCode = 1;
}

/** As hosts of CI say it. */
function isCi(said = ''): boolean {
  return !['', '0', 'false'].includes(said.toLowerCase());
}

function deployedText(deployed: Deployed): string {
  const { stack, stage, region, url, access, key, keyless, answer, silent, curl, back, down } = deployed;
  const why = keyless ? 'the API has no key yet.' : (WHY[access] ?? access);
  return [
    `${stack} is deployed in ${region}.`,
    ...(silent ? [silent.message, `  ${silent.remedy}`] : []),
    ...(answer
      ? [`${answer.model} answers${pictureText(answer.picture)} (${answer.milliseconds.toFixed(0)} ms).`]
      : []),
    ...(answer && answer.picture === undefined ? [`No picture was sent: ${why}`] : []),
    '',
    ...(key ? [`Key:     ${key}`, '         Keep it now: it is not shown again.'] : []),
    ...(keyless
      ? [
          `Key:     none was made, as many may read the log of a CI. On your machine: freezeframe keys create NAME --stage ${stage} --region ${region}`,
        ]
      : []),
    `Address: ${url}`,
    `Try:     ${curl}`,
    `Back:    ${back} (lists the deployments that are kept)`,
    `Down:    ${down}`,
  ].join('\n');
}

const WHY: Readonly<Record<string, string>> = {
  key: 'the API has keys, and nobody knows them but their owners. Set FREEZEFRAME_KEY to one of them.',
  jwt: 'it asks for a token.',
  iam: 'it asks for a signed request.',
};

function pictureText(picture: unknown): string {
  if (picture === undefined) return '';
  const { predictions, title } = picture as { predictions?: { label: string }[]; title?: string };
  return predictions?.[0] ? `: a red pixel is ${predictions[0].label}` : `, and takes no pictures (${title})`;
}

function planText({ stack, region, bundle, command, changes, key }: Plan, costs: string | undefined): string {
  const list = (word: string, ids: readonly string[] = []) =>
    ids.length === 0 ? [] : [`   ${word} ${ids.length}: ${ids.join(', ')}`];
  return [
    `To deploy ${stack} in ${region}, in this order:`,
    `1. bundle: ${bundle.length === 0 ? 'nothing has changed' : `make again ${bundle.join(', ')}`}`,
    `2. ${command}`,
    ...(changes
      ? [...list('add', changes.added), ...list('change', changes.changed), ...list('remove', changes.removed)]
      : ['   What it changes and costs is known once there is a bundle for these settings: freezeframe bundle']),
    `3. ${{ make: 'make the first key of the API', keep: 'leave its keys alone', none: 'no key: the API asks for none of ours' }[key]}`,
    '4. ask the API once',
    ...(costs ? ['', costs] : []),
    '',
    'Nothing was changed.',
  ].join('\n');
}
