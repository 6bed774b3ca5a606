import { join } from 'node:path';
import { bundle, hostTarget } from '#bundle';
import { type LocalGateway, startLocalGateway } from '#local';
import { GraphBuilder } from '#onnx';
import { openStore } from '#store';
import { inTemporaryFolder } from '../bench.ts';

const SIDE = 32;

/** The built functions behind the gateway, with a model that costs next to nothing; all of it is gone afterwards. */
export async function withSmallGateway<T>(
  environment: Readonly<Record<string, string>>,
  use: (gateway: LocalGateway) => Promise<T>,
): Promise<T> {
  return inTemporaryFolder(async (work) => {
    const store = openStore(join(work, 'store'));
    await store.save('means', smallModel());
    const buildDir = join(work, 'build');
    await bundle({ ...hostTarget(), store, outDir: buildDir });
    const folders = { uploads: join(work, 'up'), results: join(work, 'results'), deadLetters: join(work, 'dead') };
    const gateway = await startLocalGateway({ buildDir, port: 0, folders, environment });
    return use(gateway).finally(gateway.close);
  });
}

/** Answers at once, so that what is loaded is everything around it. */
function smallModel() {
  const graph = new GraphBuilder();
  const pixels = graph.op('Cast', [graph.input('pixels', 'uint8', [null, SIDE, SIDE, 3])], { to: 1 });
  const means = graph.op('ReduceMean', [pixels, graph.ints([1, 2])], { keepdims: 0 });
  graph.node('Softmax', [graph.op('Div', [means, graph.float(64)])], ['answer'], { axis: 1 });
  graph.output('answer', 'float32', [null, 3]);
  const frame = { height: SIDE, width: SIDE, channels: 3, colour: 'rgb', resize: 'cover', crop: 1 } as const;
  return {
    model: graph.build(),
    manifest: {
      formatVersion: 1,
      task: 'classification',
      input: { kind: 'picture', name: 'pixels', ...frame, kernel: 'cubic', invert: false, datatype: 'UINT8' },
      output: { kind: 'classification', name: 'answer', labels: ['red', 'green', 'blue'], activation: 'softmax' },
      precision: 'float32',
      metrics: {},
      provenance: { source: 'benchmark' },
    },
  } as const satisfies Parameters<ReturnType<typeof openStore>['save']>[1];
}
