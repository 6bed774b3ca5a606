import { afterEach, expect, it } from 'vitest';
import { CostMeters } from '../../../../scripts/evaluate/index.ts';
import { GraphBuilder } from '../../../../scripts/onnx/index.ts';

function graph(): Uint8Array {
  const builder = new GraphBuilder();
  builder.input('x', 'float32', [null, 3]);
  builder.node('Relu', ['x'], ['y']);
  builder.output('y', 'float32', [null, 3]);
  return builder.build();
}

let meters: CostMeters;
afterEach(() => meters.close());

it('measures each model in a process of its own, and leaves out what cannot be opened', async () => {
  meters = new CostMeters(2);
  const [broken, cost] = await meters.measure([{ graph: Uint8Array.of(1, 2, 3) }, { graph: graph() }]);
  expect(broken).toEqual({});
  expect(cost?.run?.median).toBeGreaterThan(0);
  expect(cost?.run?.low).toBeLessThanOrEqual(cost?.run?.high as number);
  // A process of Node with the engine takes tens of megabytes.
  expect(cost?.peakBytes).toBeGreaterThan(30e6);
  expect(cost?.whole).toBeUndefined();
});

it('measures nothing once it is closed', async () => {
  meters = new CostMeters(1);
  meters.close();
  expect(await meters.measure([{ graph: graph() }])).toEqual([{}]);
});
