import { realpath, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { expected, FreezeframeError, heatmapAbsent, heatmapOutput, type Manifest } from '@freezeframe/inference';
import { openStore } from '#store';
import { replaceFile } from '#system';

export interface ExplainOptions {
  /** Where the drawing goes. */
  explain?: string;
  label?: string;
}

/**
 * Refuses what cannot be explained, before anything is asked.
 * @throws FreezeframeError `used-wrongly`; RequestError `heatmap-absent`, with the models of the store that have one.
 */
export async function checkExplain(manifest: Manifest, files: readonly string[], options: ExplainOptions) {
  const { explain: file, label } = options;
  if (file === undefined) {
    if (label === undefined) return;
    throw usedWrongly('--label goes with --explain', 'Name where the drawing goes: --explain out.png');
  }
  if (!heatmapOutput(manifest)) {
    const { models } = await openStore().list();
    const others = models.filter((model) => heatmapOutput(model.manifest));
    throw heatmapAbsent(
      manifest,
      others.map(({ name, version }) => `${name}@${version}`),
    );
  }
  if (extname(file).toLowerCase() !== '.png') {
    throw usedWrongly(expected('a name that ends in .png', '--explain', file), 'The drawing is a PNG.');
  }
  const [picture, ...more] = files;
  const isFolder = picture !== undefined && (await stat(picture).catch(() => undefined))?.isDirectory();
  if (picture === undefined || more.length > 0 || isFolder) {
    throw usedWrongly(expected('one picture', '--explain', files), 'Explain one picture at a time.');
  }
  if (picture !== '-' && (await realFile(picture)) === (await realFile(file))) {
    throw usedWrongly('The drawing would replace the picture', 'Choose another name after --explain.');
  }
}

/** @throws FreezeframeError `output-not-writable`. */
export async function writeOverlay(file: string, overlay: Uint8Array): Promise<void> {
  try {
    await replaceFile(resolve(file), overlay);
  } catch (cause) {
    throw new FreezeframeError('output-not-writable', `The drawing cannot be written to ${file}`, {
      cause,
      remedy: 'Name a file in a folder that exists and that you may write to.',
    });
  }
}

/** Where a name leads to; what is not there yet leads to itself. */
function realFile(file: string): Promise<string> {
  return realpath(file).catch(() => resolve(file));
}

function usedWrongly(message: string, remedy: string): FreezeframeError {
  return new FreezeframeError('used-wrongly', message, { remedy });
}
