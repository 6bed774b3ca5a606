import { ImportError, parseJson } from '#guards';
import type { Source } from '../../source.ts';

/** What Teachable Machine writes beside each `model.json`: what the model hears, sees or follows. */
export type Project = 'picture' | 'audio' | 'pose';

/** More than any: names of classes and versions. */
const MAX_METADATA_BYTES = 4 * 2 ** 20;

/**
 * Which kind of project a `metadata.json` of Teachable Machine is of.
 * @param folder where `model.json` is
 */
export async function readProject(source: Source, folder: string): Promise<Project | undefined> {
  const entry = source.entries.find(
    ({ name, bytes }) => name === `${folder}metadata.json` && bytes <= MAX_METADATA_BYTES,
  );
  if (!entry) return undefined;
  try {
    return projectOf(parseJson(await source.read(entry.name, MAX_METADATA_BYTES), entry.name));
  } catch (error) {
    // Not Teachable Machine's: whoever reads this model may not need it.
    if (error instanceof ImportError) return undefined;
    throw error;
  }
}

function projectOf(metadata: unknown): Project | undefined {
  if (metadata === null || typeof metadata !== 'object') return undefined;
  const { tfjsSpeechCommandsVersion, wordLabels, packageName, packageVersion, tfjsVersion, labels, modelSettings } =
    metadata as Record<string, unknown>;
  if (tfjsSpeechCommandsVersion !== undefined || Array.isArray(wordLabels)) return 'audio';
  if (
    packageName === '@teachablemachine/pose' ||
    (modelSettings as { posenet?: unknown } | null | undefined)?.posenet
  ) {
    return 'pose';
  }
  const picture = tfjsVersion !== undefined && packageVersion !== undefined && Array.isArray(labels);
  return picture || packageName === '@teachablemachine/image' ? 'picture' : undefined;
}
