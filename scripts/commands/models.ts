import { Command } from 'commander';
import { type Listing, type ModelVersion, openStore, type StoredModel } from '#store';
import {
  countOf,
  formatAccuracy,
  formatBytes,
  formatError,
  formatTable,
  reportResult,
  say,
  shortened,
} from '#terminal';
import { copyCommand } from './models/copy.ts';
import { diffCommand } from './models/diff.ts';
import { EXPECT, expectedVersion, historyCommand, rollbackCommand } from './models/history.ts';
import { pruneCommand } from './models/prune.ts';
import { relabelCommand } from './models/relabel.ts';
import { takesStore } from './models/store-option.ts';

interface Options {
  json?: true;
}

const REFERENCES = `
A model is named by NAME (its production version), NAME@3, NAME@latest, NAME@TAG or NAME@DIGEST.`;

export function modelsCommand(): Command {
  const command = new Command('models').description('list, compare, tag, share and remove frozen models').addHelpText(
    'after',
    `${REFERENCES}

Examples:
  $ freezeframe models list
  $ freezeframe models show gnomes@latest --verify
  $ freezeframe models tag gnomes@3 production
  $ freezeframe models remove gnomes@1
  $ freezeframe models push gnomes --store s3://our-models/team`,
  );
  command.addCommand(listCommand());
  command.addCommand(showCommand());
  command.addCommand(tagCommand());
  command.addCommand(rollbackCommand());
  command.addCommand(historyCommand());
  command.addCommand(diffCommand());
  command.addCommand(copyCommand('push'));
  command.addCommand(copyCommand('pull'));
  command.addCommand(relabelCommand());
  command.addCommand(removeCommand());
  command.addCommand(pruneCommand());
  return command;
}

function listCommand(): Command {
  return takesStore(new Command('list'))
    .description('list every version of every model, or of one')
    .argument('[name]', 'list the versions of this model only')
    .option('--json', 'print one JSON object: {"models": [...], "damaged": [...]}')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe models list
  $ freezeframe models list --json | jq -r '.models[] | .name + "@" + .version'`,
    )
    .action(async (name: string | undefined, { json }: Options) => {
      const store = openStore();
      // An unknown name is an error with a suggestion, not an empty list.
      if (name !== undefined) await store.find(`${name}@latest`);
      const { models, damaged } = filtered(await store.list(), name);
      const result = {
        models: models.map((model) => ({ ...summary(model), saved: model.saved })),
        damaged: damaged.map(({ error, ...which }) => ({ ...which, message: error.message })),
      };
      reportResult(result, json === true, () => listText(models));
      for (const { error } of damaged) say(`freezeframe: ${error.message}`);
    });
}

function showCommand(): Command {
  return takesStore(new Command('show'))
    .description('show one version: what it takes, what it answers, where it comes from')
    .argument('<model>', 'NAME, NAME@3, NAME@latest or NAME@TAG')
    .option('--verify', 'read its files and compare them with their sha256')
    .option('--json', 'print one JSON object, with the whole manifest')
    .addHelpText(
      'after',
      '\nExamples:\n  $ freezeframe models show gnomes\n  $ freezeframe models show gnomes@2 --verify',
    )
    .action(async (reference: string, { json, verify }: Options & { verify?: true }) => {
      const store = openStore();
      const model = verify ? await store.verify(reference) : await store.resolve(reference);
      const checked = verify ? { verified: true } : {};
      const result = {
        ...summary(model),
        saved: model.saved,
        ...checked,
        folder: model.folder,
        manifest: model.manifest,
      };
      reportResult(result, json === true, () => showText(model, verify === true));
    });
}

function tagCommand(): Command {
  return takesStore(new Command('tag'))
    .description('move a tag to a version: "production" decides what NAME alone means')
    .argument('<model>', 'NAME@3, NAME@latest or NAME@TAG')
    .argument('<tag>', 'production, staging, or a word of your own')
    .option(...EXPECT)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe models tag gnomes@3 production
  $ freezeframe models tag gnomes@staging production`,
    )
    .action(async (reference: string, tag: string, { json, ...flags }: Options & { expect?: string }) => {
      const store = openStore();
      await store.tag(reference, tag, expectedVersion(flags));
      const { name, version } = await store.find(`${reference.split('@')[0]}@${tag}`);
      reportResult({ name, version, tag }, json === true, () => `${name}@${version} is ${tag} now`);
    });
}

function removeCommand(): Command {
  return takesStore(new Command('remove'))
    .description('remove one version; production only if it is the only one, or by force')
    .argument('<model>', 'NAME@3, NAME@latest, NAME@TAG; NAME alone is its production version')
    .option('--force', 'remove the production version although there are others')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ freezeframe models remove gnomes@1\n  $ freezeframe models remove gnomes@2 --force',
    )
    .action(async (reference: string, { json, force }: Options & { force?: true }) => {
      const { name, version } = await openStore().remove(reference, { force: force === true });
      reportResult({ name, version, removed: true }, json === true, () => `${name}@${version} is removed`);
    });
}

function filtered({ models, damaged }: Listing, name: string | undefined): Listing {
  const wanted = (one: { name: string }) => name === undefined || one.name === name;
  return { models: models.filter(wanted), damaged: damaged.filter(wanted) };
}

function summary({ name, version, digest, tags, manifest }: ModelVersion) {
  const { task, metrics, files } = manifest;
  return { name, version, digest, tags, task, bytes: files['model.onnx'].bytes, metrics };
}

function listText(models: readonly ModelVersion[]): string {
  if (models.length === 0) return 'No models yet. Train one with: freezeframe train gnomes --name gnomes';
  const rows = models.map(({ name, version, tags, manifest, digest, saved }) => [
    name,
    version,
    tags.join(', '),
    answers(manifest.output),
    measured(manifest) ?? '',
    saved.slice(0, 10),
    formatBytes(manifest.files['model.onnx'].bytes),
    digest.slice(0, 12),
  ]);
  return formatTable(['NAME', '>VERSION', 'TAGS', 'ANSWERS', 'MEASURED', 'SAVED', '>SIZE', 'DIGEST'], rows);
}

/** How good a model is, as it is frozen, where that was measured when it was saved. */
function measured({ metrics: { after, constant }, input, output }: StoredModel['manifest']): string | undefined {
  const metrics = (after ?? {}) as Record<string, unknown>;
  const counted = input.kind === 'picture' ? 'pictures' : 'rows';
  const error = formatError(metrics, (output.kind === 'regression' && output.values[0]?.unit) || '', counted);
  const text = formatAccuracy(metrics, counted) ?? (error && `mean error ${error}`);
  const { verdict } = (constant ?? {}) as { verdict?: string };
  if (text === undefined || verdict === undefined || verdict === 'better') return text;
  return `${text}, ${verdict === 'unclear' ? 'of too few samples' : 'NOT BETTER than one answer to all'}`;
}

function answers(output: StoredModel['manifest']['output']): string {
  if (output.kind === 'classification') return countOf(output.labels.length, 'labels');
  const many = output.kind === 'regression' ? output.values : output.tensors;
  return many.map(({ name }) => name).join(', ');
}

function takes(input: StoredModel['manifest']['input']): string {
  if (input.kind === 'tensors') {
    return input.tensors
      .map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.map((size) => size ?? '?')}]`)
      .join(', ');
  }
  const { width, height, colour, resize, kernel } = input;
  return `pictures, ${width}x${height} ${colour}, resized by ${resize} (${kernel})`;
}

function showText(model: StoredModel, verified: boolean): string {
  const { name, version, digest, tags, folder, manifest, saved } = model;
  const { input, output, files, precision, metrics, provenance } = manifest;
  const rows = [
    ['model', `${name}@${version}`],
    ['tags', tags.join(', ') || '(none)'],
    ['takes', takes(input)],
    ['answers', output.kind === 'classification' ? labelsText(output.labels) : answers(output)],
    ['measured', measured(manifest) ?? '(not here)'],
    ['saved', saved],
    ['precision', precision],
    ['size', formatBytes(files['model.onnx'].bytes)],
    ['digest', digest],
    ['folder', folder],
    ...Object.entries(metrics).map(([key, value]) => [key, plain(value)]),
    ...Object.entries(provenance).map(([key, value]) => [key, shortened(plain(value))]),
    ...(verified ? [['verified', 'model.onnx is the file that was saved']] : []),
  ];
  return rows.map(([key = '', value = '']) => `${key.padEnd(16)}  ${value}`).join('\n');
}

function labelsText(labels: readonly string[]): string {
  const shown = labels.slice(0, 10).join(', ');
  return labels.length > 10 ? `${labels.length} labels: ${shown}, …` : shown;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
