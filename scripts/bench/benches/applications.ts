import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, fromEnvironment } from '../bench.ts';
import type { ApplicationFigures } from '../keras/import-application.ts';

const run = promisify(execFile);
const MAKE = fileURLToPath(new URL('../keras/save_application.py', import.meta.url));
const CHILD = fileURLToPath(new URL('../keras/import-application.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
/** As the verification of every import. */
const LARGEST_DIFFERENCE = 1e-4;

/** Every class of `keras.applications` of Keras 3.15, the small ones first. */
const APPLICATIONS = [
  ...['MobileNet', 'MobileNetV2', 'MobileNetV3Small', 'MobileNetV3Large', 'NASNetMobile'],
  ...['DenseNet121', 'DenseNet169', 'DenseNet201', 'EfficientNetB0', 'EfficientNetB1', 'EfficientNetB2'],
  ...['EfficientNetB3', 'EfficientNetV2B0', 'EfficientNetV2B1', 'EfficientNetV2B2', 'EfficientNetV2B3'],
  ...['ResNet50', 'ResNet50V2', 'ResNet101', 'ResNet101V2', 'ResNet152', 'ResNet152V2', 'InceptionV3', 'Xception'],
  ...['InceptionResNetV2', 'ConvNeXtTiny', 'ConvNeXtSmall', 'EfficientNetB4', 'EfficientNetB5', 'EfficientNetV2S'],
  ...['VGG16', 'VGG19', 'ConvNeXtBase', 'EfficientNetB6', 'EfficientNetV2M', 'NASNetLarge', 'EfficientNetB7'],
  ...['EfficientNetV2L', 'ConvNeXtLarge', 'ConvNeXtXLarge'],
];

/** `npm run bench -- applications [NAME...]`; `KERAS_PYTHON` names an interpreter that has Keras 3. */
export const applicationsBench: Bench = {
  name: 'applications',
  summary: 'Models of keras.applications with random weights, imported and compared with what Keras answers.',
  async run({ rest: names }) {
    const python = fromEnvironment('KERAS_PYTHON', 'a Python interpreter that has Keras 3');
    const chosen = names.length > 0 ? names : APPLICATIONS;
    const figures: Record<string, ApplicationFigures | { error: string }> = {};
    for (const name of chosen) {
      figures[name] = await measure(python, name).catch((error: Error) => ({ error: reason(error) }));
      process.stderr.write(`${name.padEnd(18)} ${describe(figures[name])}\n`);
    }
    const parity = Object.values(figures).filter((one) => !('error' in one) && one.difference <= LARGEST_DIFFERENCE);
    return { largestDifference: LARGEST_DIFFERENCE, models: chosen.length, imported: parity.length, figures };
  },
};

async function measure(python: string, name: string): Promise<ApplicationFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-application-'));
  try {
    await run(python, [MAKE, name, folder]);
    const { stdout } = await run(process.execPath, ['--import', TSX, CHILD, join(folder, name)]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describe(figures: ApplicationFigures | { error: string }): string {
  if ('error' in figures) return figures.error;
  const { seconds, peakMegabytes, difference, kerasDifference, against } = figures;
  const time = `${seconds.toFixed(1).padStart(6)} s, peak ${String(peakMegabytes).padStart(5)} MB`;
  const differences = `difference ${difference.toExponential(1)}, of Keras's single precision ${kerasDifference.toExponential(1)}`;
  return `${time}, ${differences} (verified against ${against})`;
}

/** What the child or Python said last. */
function reason(error: Error & { stderr?: string }): string {
  return (error.stderr ?? '').trim().split('\n').at(-1) || error.message;
}
