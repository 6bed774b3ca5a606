import { createEngine, type TensorData } from '@freezeframe/inference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GraphProto, parseOnnx, TensorProto_DataType } from '../../../scripts/onnx/index.ts';
import { withOutputs } from '../../../scripts/quantize/graph/float-graph.ts';
import { verifyStored } from '../../../scripts/quantize/judge/verify.ts';
import { quantize } from '../../../scripts/quantize/quantize.ts';
import { checkStored, type StoredValues } from '../../../scripts/reference/index.ts';
import { BLOCKS, type Block, MIXED, noise, noisePictures, optimizedOperators, randomNet } from './random-net.ts';

const names = Object.keys(BLOCKS) as Block[];
const answers = { name: 'probabilities', activation: 'softmax' } as const;

/** What onnxruntime has no integer form of. */
const FLOAT = ['Softmax'];
const INTEGER = [
  ...['QLinearConv', 'QLinearAdd', 'QLinearMul', 'QLinearConcat', 'QLinearAveragePool', 'QLinearGlobalAveragePool'],
  ...['QLinearSigmoid', 'QLinearLeakyRelu', 'QGemm', 'MaxPool', 'NhwcMaxPool', 'Resize', 'Transpose', 'Flatten'],
];

describe('a quantized graph', () => {
  it.each(names)('computes all of it with integers: %s', async (block) => {
    const onnx = randomNet([block, 'conv'], 1);
    const { rewritten, left } = await quantize({ onnx, answers, pictures: noisePictures(40) });
    const counts = await optimizedOperators(rewritten.onnx);
    const others = Object.keys(counts).filter((name) => !FLOAT.includes(name) && !INTEGER.includes(name));
    // A ReLU of which the input is read too is stored again with another range.
    const again = block === 'read before and behind a ReLU' ? ['DequantizeLinear', 'QuantizeLinear'] : [];
    expect({ left, others: others.sort() }).toEqual({ left: [], others: again });
    const { maxDifference } = await verifyStored(rewritten, [noise(101), noise(102)]);
    expect(maxDifference).toBeLessThan(0.02);
  });

  it.each(Object.keys(MIXED) as Block[])('computes in float what has no integers: %s', async (block) => {
    const onnx = randomNet([block, 'conv'], 2);
    const { rewritten, judgement } = await quantize({ onnx, answers, pictures: noisePictures(40) });
    expect(await optimizedOperators(rewritten.onnx)).toHaveProperty('QLinearConv');
    await verifyStored(rewritten, [noise(101), noise(102)]);
    expect(judgement.agreement).toBeGreaterThanOrEqual(0.9);
  });

  it('is verified where a layer in its middle stays in float', async () => {
    const onnx = randomNet(['conv', 'conv', 'conv'], 1);
    const kernels = parseOnnx(onnx).graph?.initializer.filter(({ dims }) => dims.length === 4) ?? [];
    const floatWeights = new Set([(kernels[2] as (typeof kernels)[number]).name]);
    const { rewritten } = await quantize({ onnx, answers, floatWeights, pictures: noisePictures(40) });
    expect(await optimizedOperators(rewritten.onnx)).toMatchObject({ QLinearConv: 3 });
    await verifyStored(rewritten, [noise(101)]);
  });

  it('answers about as the float graph does, whatever it is made of', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
        fc.nat({ max: 1000 }),
        async (blocks, seed) => {
          const onnx = randomNet(blocks, seed);
          const { rewritten, judgement } = await quantize({ onnx, answers, pictures: noisePictures(40) });
          await verifyStored(rewritten, [noise(seed)]);
          expect(judgement.agreement).toBeGreaterThanOrEqual(0.7);
        },
      ),
      { numRuns: 12, seed: 5 },
    );
  });

  it('is refused where a byte is not the one that integer arithmetic gives', async () => {
    const { rewritten } = await quantize({ onnx: randomNet(['conv'], 1), answers, pictures: noisePictures(40) });
    const model = parseOnnx(rewritten.onnx);
    const graph = model.graph as GraphProto;
    const traced = await createEngine(withOutputs(model, rewritten.bytes, TensorProto_DataType.UINT8));
    const values: Record<string, TensorData> = { ...noise(1), ...(await traced.run(noise(1))) };
    await traced.close();
    const worst = () =>
      Math.max(
        ...checkStored(graph, rewritten.computed, (name) => values[name] as StoredValues).map((one) => one.difference),
      );
    expect(worst()).toBeLessThan(0.02);
    const [, , bytes = ''] = rewritten.bytes;
    const { data } = values[bytes] as TensorData;
    data[0] = ((data[0] as number) + 128) % 256;
    expect(worst()).toBeGreaterThan(0.4);
  });

  it('leaves in float what is multiplied with weights that are named', async () => {
    const onnx = randomNet(['conv'], 1);
    const counts = async (floatWeights?: ReadonlySet<string>) => {
      const subject = { onnx, answers, pictures: noisePictures(40), ...(floatWeights ? { floatWeights } : {}) };
      return optimizedOperators((await quantize(subject)).rewritten.onnx);
    };
    expect(await counts()).toMatchObject({ QLinearConv: 2, QGemm: 1 });
    const some = await counts(new Set(['head']));
    expect(some).toMatchObject({ QLinearConv: 2, Gemm: 1 });
  });

  it('is the same each time', async () => {
    const subject = { onnx: randomNet(['residual', 'gate'], 3), answers, pictures: noisePictures(40) };
    const [one, other] = [await quantize(subject), await quantize(subject)];
    expect(Buffer.compare(one.rewritten.onnx, other.rewritten.onnx)).toBe(0);
  });
});
