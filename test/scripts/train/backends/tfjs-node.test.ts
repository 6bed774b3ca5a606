import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../../scripts/train/backends/index.ts';
import { tfjsNodeBackend } from '../../../../scripts/train/backends/tfjs-node.ts';
import { backendContract } from './contract.ts';

const native = await tfjsNodeBackend().catch((error: Error) => error);
const missing = native instanceof Error ? native.message : undefined;

backendContract('tfjs-node', tfjsNodeBackend, missing);

describe('openBackend', () => {
  it('takes onnx for auto', async () => {
    expect((await openBackend('auto')).name).toBe('onnx');
  });

  it('names the backends for any other word', () => {
    expect(() => openBackend('cuda')).toThrow(/auto, onnx, tfjs-node/);
    expect(() => openBackend('toString')).toThrow(/auto, onnx, tfjs-node/);
  });

  it.skipIf(!missing)('says what to do where tfjs-node does not load', async () => {
    const remedy = expect.stringContaining('the onnx backend');
    await expect(openBackend('tfjs-node')).rejects.toMatchObject({ code: 'backend-unavailable', remedy });
  });
});
