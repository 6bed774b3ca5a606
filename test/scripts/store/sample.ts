import { createHash } from 'node:crypto';
import type { ManifestDraft } from '@freezeframe/inference';

/** A manifest of a small picture model, as a freeze would hand it in. */
export function sampleDraft(changes: Partial<ManifestDraft> = {}): ManifestDraft {
  return {
    formatVersion: 1,
    task: 'classification',
    input: {
      kind: 'picture',
      name: 'picture',
      height: 28,
      width: 28,
      channels: 1,
      colour: 'grey',
      resize: 'stretch',
      crop: 1,
      kernel: 'cubic',
      invert: false,
      datatype: 'UINT8',
    },
    output: { kind: 'classification', name: 'probabilities', labels: ['gnome', 'not'], activation: 'softmax' },
    precision: 'float32',
    metrics: { accuracy: 0.5 },
    provenance: { dataset: 'gnomes' },
    ...changes,
  };
}

/** Bytes that stand for a model file: a store does not look inside. The same seed gives the same bytes. */
export function sampleModel(seed: number | string, bytes = 64): Uint8Array {
  const block = createHash('sha256').update(String(seed)).digest();
  return new Uint8Array(Buffer.alloc(bytes, block));
}

export function sampleContent(seed: number | string, bytes?: number) {
  return { manifest: sampleDraft(), model: sampleModel(seed, bytes) };
}
