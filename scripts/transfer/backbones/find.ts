import { toBinary } from '@bufbuild/protobuf';
import { expected, FreezeframeError, type Manifest } from '@freezeframe/inference';
import { ModelProtoSchema, parseOnnx } from '#onnx';
import { type ModelStore, readModel } from '#store';
import { didYouMean } from '#system';
import { assetNames, digestOf, readAsset } from './asset.ts';
import type { Backbone } from './backbone.ts';
import { cutBackbone } from './cut.ts';

/** Every backbone that comes with Freezeframe, the cheapest first. */
export async function assetBackbones(): Promise<Backbone[]> {
  const all = await Promise.all((await assetNames()).map(readAsset));
  return all.sort((a, b) => a.cost - b.cost);
}

/**
 * The backbone that is meant: one that comes with Freezeframe, or any classifier of pictures in the store, cut behind its global
 * pooling or the layer that is named.
 * @param reference NAME, NAME@3, NAME:LAYER
 * @throws FreezeframeError `backbone-not-found`, `backbone-not-usable`, and what the store throws
 */
export async function findBackbone(reference: string, store: ModelStore): Promise<Backbone> {
  const names = await assetNames();
  if (names.includes(reference)) return readAsset(reference);
  const [model = '', layer] = splitReference(reference);
  const found = await store.resolve(model).catch(async (cause: unknown) => {
    if (!(cause instanceof FreezeframeError) || cause.code !== 'model-not-found') throw cause;
    const stored = (await store.list()).models.map(({ name }) => name);
    throw new FreezeframeError(
      'backbone-not-found',
      expected(`one of auto, ${names.join(', ')}, or a model of the store`, '--backbone', model),
      {
        cause,
        ...didYouMean(
          model,
          [...names, 'auto', ...stored],
          'Import a classifier of pictures first: freezeframe import FILE --name NAME.',
        ),
      },
    );
  });
  return cutStored(
    `${found.name}@${found.version}${layer === undefined ? '' : `:${layer}`}`,
    found.manifest,
    await readModel(found),
    layer,
  );
}

/** A layer's name may hold colons itself; a model's holds none. */
function splitReference(reference: string): [string, string | undefined] {
  const at = reference.indexOf(':');
  return at < 0 ? [reference, undefined] : [reference.slice(0, at), reference.slice(at + 1)];
}

export function cutStored(name: string, manifest: Manifest, file: Uint8Array, layer?: string): Backbone {
  const { input, files } = manifest;
  if (input.kind !== 'picture') {
    throw new FreezeframeError(
      'backbone-not-usable',
      expected('a model that takes pictures', '--backbone', `${name}, which takes tensors`),
      {
        remedy: 'Import it with what its pictures go through: --preprocess.',
      },
    );
  }
  const model = parseOnnx(file);
  const { map } = cutBackbone(model, layer);
  const bytes = toBinary(ModelProtoSchema, model);
  const provenance = { source: name, sha256: files['model.onnx'].sha256 };
  return { name, model: bytes, digest: digestOf(bytes, input), input, map, provenance };
}
