import { expected, FreezeframeError } from '@freezeframe/inference';
import { Command } from 'commander';
import { type ModelStore, openStore, readModel, type StoredModel } from '#store';
import { nearest } from '#system';
import { reportResult } from '#terminal';
import { takesStore } from './store-option.ts';

export function relabelCommand(): Command {
  return takesStore(new Command('relabel'))
    .description('rename labels, without training: the next version answers the same numbers under other names')
    .argument('<model>', 'NAME, NAME@3, NAME@latest or NAME@TAG')
    .argument('<pairs...>', 'OLD=NEW, as many as there are to rename')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ freezeframe models relabel pets dog=hound\n  $ freezeframe models relabel pets "cat=Felis catus" dog=hound',
    )
    .action(async (reference: string, pairs: string[], { json }: { json?: true }) => {
      const { name, version, labels } = await relabel(openStore(), reference, pairs);
      reportResult({ name, version, labels }, json === true, () => `${name}@${version} answers ${labels.join(', ')}`);
    });
}

/**
 * Saves the same graph with other labels as one more version.
 * @param pairs `OLD=NEW`; at the last `=` where an old label holds one
 * @throws FreezeframeError `used-wrongly`, `task-not-classification`, `labels-unknown`, `labels-not-valid` (two classes that
 *   could not be told apart), and what the store throws
 */
async function relabel(store: ModelStore, reference: string, pairs: readonly string[]) {
  const stored = await store.resolve(reference);
  const { output } = stored.manifest;
  if (output.kind !== 'classification') {
    throw new FreezeframeError('task-not-classification', `The model ${stored.name} answers no labels`, {
      remedy: 'Only a classifier has labels to rename.',
    });
  }
  const names = new Map(pairs.map((pair) => readPair(pair, output.labels)));
  const labels = output.labels.map((label) => names.get(label) ?? label);
  const twice = labels.find(
    (label, i) => labels.indexOf(label) !== i && output.labels[labels.indexOf(label)] !== output.labels[i],
  );
  if (twice !== undefined) {
    throw new FreezeframeError(
      'labels-not-valid',
      expected('another name for each label', `models relabel ${stored.name}`, twice),
      {
        remedy:
          'Two classes with one name cannot be told apart. To make one of them, put their pictures into one folder and train.',
      },
    );
  }
  const saved = await store.save(stored.name, await contentOf(stored, labels, Object.fromEntries(names)));
  return { name: saved.name, version: saved.version, labels };
}

function readPair(pair: string, labels: readonly string[]): [string, string] {
  // Labels may hold `=` themselves: whichever part is a label is the old one.
  for (let at = pair.lastIndexOf('='); at > 0; at = pair.lastIndexOf('=', at - 1)) {
    const [old, name] = [pair.slice(0, at), pair.slice(at + 1).trim()];
    if (!labels.includes(old)) continue;
    if (name !== '') return [old, name];
  }
  const [old = ''] = pair.split('=');
  if (labels.includes(old) || !pair.includes('='))
    throw new FreezeframeError('used-wrongly', expected('OLD=NEW', 'models relabel', pair));
  const near = nearest(old, labels);
  throw new FreezeframeError(
    'labels-unknown',
    expected(`one of ${labels.slice(0, 20).join(', ')}`, 'the label to rename', old),
    {
      ...(near.length > 0 ? { remedy: `Did you mean ${near.join(' or ')}?` } : {}),
    },
  );
}

async function contentOf(stored: StoredModel, labels: string[], renamed: Record<string, string>) {
  const { name, version, manifest } = stored;
  const { name: _name, version: _version, files: _files, ...draft } = manifest;
  const output = { ...draft.output, labels } as typeof draft.output;
  const provenance = { ...draft.provenance, relabelled: { from: `${name}@${version}`, labels: renamed } };
  return { manifest: { ...draft, output, provenance }, model: await readModel(stored) };
}
