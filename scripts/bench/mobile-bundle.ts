import { join } from 'node:path';
import { type Bundle, bundle, hostTarget } from '#bundle';
import { openStore } from '#store';
import { MOBILE_LABELS, MOBILE_SIDE, mobileGraph } from './mobile-graph.ts';

/** Saves the MobileNet-sized model and bundles it for this machine, all below `work`. */
export async function bundleMobile(work: string): Promise<{ model: Uint8Array; built: Bundle }> {
  const model = mobileGraph();
  const store = openStore(join(work, 'store'));
  await store.save('mobile', {
    model,
    manifest: {
      formatVersion: 1,
      task: 'classification',
      input: {
        kind: 'picture',
        name: 'picture',
        height: MOBILE_SIDE,
        width: MOBILE_SIDE,
        channels: 3,
        colour: 'rgb',
        resize: 'cover',
        crop: 1,
        kernel: 'cubic',
        invert: false,
        datatype: 'UINT8',
      },
      output: { kind: 'classification', name: 'answer', labels: MOBILE_LABELS, activation: 'softmax' },
      precision: 'float32',
      metrics: {},
      provenance: { source: 'benchmark' },
    },
  });
  return { model, built: await bundle({ ...hostTarget(), store, outDir: join(work, 'build') }) };
}
