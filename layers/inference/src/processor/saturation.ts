import type { loadOnnxruntime } from '../native.ts';

type Onnxruntime = Awaited<ReturnType<typeof loadOnnxruntime>>;

/** `c = MatMulInteger(a, b)`: a [1, 16] of unsigned bytes, b [16, 1] of signed ones that are all 127. A test writes it again. */
export const PRODUCT =
  'CAoSC2ZyZWV6ZWZyYW1lOmcKGwoBYQoBYhIBYxoBYyINTWF0TXVsSW50ZWdlchIBdCobCBAIARADQgFiShB/f39/f39/f39/f39/f39/WhMKAWESDgoMCAIS' +
  'CAoCCAEKAggQYhMKAWMSDgoMCAYSCAoCCAEKAggBQgQKABAV';
const COUNT = 16;

let known: Promise<boolean> | undefined;

/**
 * Whether onnxruntime's products of unsigned and signed bytes saturate on this processor, as they do on x64 without VNNI
 * (onnxruntime.ai/docs/performance/model-optimizations/quantization.html). Found by one product, in less than 1 ms: what
 * /proc/cpuinfo says is not what an emulator does.
 */
export function bytesSaturate(onnxruntime: Onnxruntime): Promise<boolean> {
  if (process.arch !== 'x64') return Promise.resolve(false);
  known ??= tryProduct(onnxruntime).catch((error) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function tryProduct({ InferenceSession, Tensor }: Onnxruntime): Promise<boolean> {
  const session = await InferenceSession.create(Buffer.from(PRODUCT, 'base64'), {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const { c } = await session.run({ a: new Tensor('uint8', new Uint8Array(COUNT).fill(255), [1, COUNT]) });
    return c?.data[0] !== COUNT * 255 * 127;
  } finally {
    await session.release();
  }
}
