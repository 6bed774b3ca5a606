import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Classifier, decodePicture, loadClassifier, type Manifest, usableCpus } from '@freezeframe/inference';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { type Bench, inTemporaryFolder, medians, round, say } from './bench.ts';
import { MOBILE_MANIFEST, mobileGraph, MOBILE_SIDE as SIDE } from './setups/mobile-net.ts';
import { photograph } from './setups/photograph.ts';

const ROUNDS = 40;

const { input } = MOBILE_MANIFEST;

export const serveBench: Bench = {
  name: 'serve',
  summary: 'A picture through the classifier, against sharp and onnxruntime called directly (MobileNetV1 1.0/224).',
  run: () => inTemporaryFolder((folder) => measure(folder, mobileGraph())),
};

async function measure(folder: string, model: Uint8Array): Promise<Record<string, unknown>> {
  writeModels(folder, model);
  const start = performance.now();
  const classifier = await loadClassifier({ modelsDir: folder });
  const coldLoad = performance.now() - start;
  say(`cold load (sha256, session, warm run; natives were imported before): ${coldLoad.toFixed(0)} ms`);
  // Set as the engine sets it: what is compared is what the classifier adds, not onnxruntime's options.
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: usableCpus(),
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  try {
    const pictures = {
      'jpeg 12 MP': await photograph(4000, 3000).jpeg({ quality: 90 }).toBuffer(),
      'png 320x240': await photograph(320, 240).png().toBuffer(),
    };
    const results: Record<string, unknown> = { coldLoadMs: round(coldLoad) };
    for (const [name, bytes] of Object.entries(pictures))
      results[name] = await compare(name, bytes, classifier, session);
    return { ...results, garbage: await garbage() };
  } finally {
    await session.release();
    await classifier.close();
  }
}

async function compare(name: string, bytes: Buffer, classifier: Classifier, session: InferenceSession) {
  const direct = async () => {
    const pixels = await sharp(bytes).autoOrient().resize(SIDE, SIDE).raw().toBuffer();
    await session.run({ picture: new Tensor('uint8', pixels, [1, SIDE, SIDE, 3]) });
  };
  const figures = await medians(
    { classifier: () => classifier.classify(bytes), direct, decode: () => decodePicture(bytes, input) },
    ROUNDS,
  );
  const ratio = figures.classifier / figures.direct;
  say(
    `${name}: classifier ${figures.classifier.toFixed(1)} ms, direct ${figures.direct.toFixed(1)} ms, ` +
      `ratio ${ratio.toFixed(3)} (at most 1.25); of it decode ${figures.decode.toFixed(1)} ms`,
  );
  return {
    classifierMs: round(figures.classifier),
    directMs: round(figures.direct),
    decodeMs: round(figures.decode),
    ratio: round(ratio, 3),
  };
}

/** Memory after a thousand pictures that cannot be used. */
async function garbage(): Promise<Record<string, number>> {
  const jpeg = await photograph(640, 480).jpeg().toBuffer();
  const bad = [Buffer.alloc(0), Buffer.from('text'), jpeg.subarray(0, jpeg.length / 2), Buffer.from('GIF89a<svg/>')];
  const attempt = async (count: number) => {
    for (let i = 0; i < count; i++) await decodePicture(bad[i % bad.length] as Buffer, input).catch(() => undefined);
    return process.memoryUsage().rss / 2 ** 20;
  };
  const before = await attempt(100);
  const after = await attempt(1000);
  say(`1,000 bad pictures: RSS ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`);
  return { rssBeforeMb: round(before), rssAfterMb: round(after) };
}

function writeModels(folder: string, model: Uint8Array): void {
  const manifest: Manifest = {
    ...MOBILE_MANIFEST,
    name: 'mobile',
    version: '1',
    files: { 'model.onnx': { sha256: createHash('sha256').update(model).digest('hex'), bytes: model.byteLength } },
  };
  const version = join(folder, 'mobile', '1');
  mkdirSync(version, { recursive: true });
  writeFileSync(join(version, 'model.onnx'), model);
  writeFileSync(join(version, 'manifest.json'), JSON.stringify(manifest));
  const models = { mobile: { default: '1', versions: ['1'] } };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ default: 'mobile', models }));
}
