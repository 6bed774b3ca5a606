import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FreezeframeError } from '@freezeframe/inference';
import type { ModelStore } from '#store';
import type { Photos } from './photos.ts';
import { fingerprint, readState, writeState } from './state.ts';
import { type TrainOutcome, trainInChild } from './train-child.ts';

const SCRIPTS = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm start` trains where there are no photographs: a head on the data set that the project draws itself. */
export const SAMPLE = 'gnomes';
const TRAINING = [SAMPLE, '--name', SAMPLE, '--backbone', 'mobilenet-edgetpu', '--seed', '1'] as const;

/**
 * Whose change makes another model: the drawings, and everything between them and the frozen file. In an installed package
 * all code is in chunks, whose names change with it.
 */
const CHUNKS = join(SCRIPTS, '..', 'chunks');
const SOURCES = existsSync(CHUNKS) ? [CHUNKS] : ['datasets', 'transfer', 'onnx'].map((name) => join(SCRIPTS, name));

/** What is trained of photographs, and what else changes their model. */
export function trainingOf({ folder, name }: Photos): Required<Pick<ModelOptions, 'words' | 'sources'>> {
  return { words: [folder, '--name', name, '--seed', '1'], sources: [...SOURCES, folder] };
}

export interface ModelOptions {
  readonly store: ModelStore;
  /** Where the state of `npm start` is kept. */
  readonly stateFile: string;
  readonly words?: readonly string[];
  readonly sources?: readonly string[];
  readonly train?: (words: readonly string[]) => Promise<TrainOutcome>;
}

export interface ReadyModel {
  /** `NAME@VERSION` */
  readonly model: string;
  /** What training measured; absent where it was not needed. */
  readonly metrics?: Record<string, unknown>;
}

/**
 * The sample model: trained, frozen and stored if that has not been done with these very options and sources. Features that an
 * interrupted training has computed are kept.
 * @throws FreezeframeError what training says.
 */
export async function ensureModel(options: ModelOptions): Promise<ReadyModel> {
  const { store, stateFile, words = TRAINING, sources = SOURCES, train = trainInChild } = options;
  const wanted = await fingerprint(words, sources);
  const state = await readState(stateFile);
  if (state.finished?.fingerprint === wanted && (await exists(store, state.finished.model))) {
    return { model: state.finished.model };
  }
  const outcome = await train(words);
  if (!outcome.ok) throw outcome.error.code === 'interrupted' ? interrupted(outcome.error) : outcome.error;
  const model = `${outcome.name}@${outcome.version}`;
  await writeState(stateFile, { finished: { fingerprint: wanted, model } });
  return { model, metrics: outcome.metrics };
}

/** As training says it, with what those can do who typed `npm start`. */
function interrupted(cause: FreezeframeError): FreezeframeError {
  return new FreezeframeError('interrupted', cause.message, {
    cause,
    remedy: 'Start it again the same way: what has been done is kept.',
    details: cause.details,
  });
}

async function exists(store: ModelStore, reference: string): Promise<boolean> {
  return store.resolve(reference).then(
    () => true,
    () => false,
  );
}
