import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MB_PER_VCPU } from '@freezeframe/inference';
import { makeFolder } from '#system';
import { sizeOf } from './size.ts';
import type { Subject, Workshop } from './subject.ts';

const run = promisify(execFile);
const PROGRAMS = fileURLToPath(new URL('./programs', import.meta.url));
const PILLOW = 'pillow==12.0.0';
const TENSORFLOW = ['tensorflow-cpu==2.21.0', 'keras==3.15.1', PILLOW];

export const pythonSubjects: readonly Subject[] = [
  python({
    name: 'Python onnxruntime + Pillow',
    // As onnxruntime-node here.
    packages: ['onnxruntime==1.30.0', PILLOW],
    script: 'onnxruntime_pillow.py',
    model: async ({ model }) => model.onnx,
  }),
  ...(['predict', 'one graph'] as const).map((way) =>
    python({
      name: `Python Keras (${way}) + Pillow`,
      packages: TENSORFLOW,
      script: 'keras_pillow.py',
      arguments: [way],
      model: async ({ model }) => model.keras,
    }),
  ),
  python({
    name: 'Python LiteRT + Pillow',
    packages: ['ai-edge-litert==2.1.6', PILLOW],
    script: 'litert_pillow.py',
    async model({ cache, work, model }) {
      const { python } = await virtualEnvironment(cache, TENSORFLOW);
      const file = join(work, 'model.tflite');
      await run(python, [join(PROGRAMS, 'to_tflite.py'), model.keras, file]);
      return file;
    },
  }),
];

interface PythonSubject {
  readonly name: string;
  /** What pip installs. */
  readonly packages: readonly string[];
  readonly script: string;
  readonly arguments?: readonly string[];
  /** The file that it loads. */
  model(workshop: Workshop): Promise<string>;
}

function python({ name, packages, script, arguments: given = [], model }: PythonSubject): Subject {
  return {
    name,
    about: packages.map((each) => each.replace('==', ' ')).join(', '),
    async prepare(workshop) {
      const { python, folder } = await virtualEnvironment(workshop.cache, packages);
      const file = await model(workshop);
      return {
        program: {
          command: python,
          arguments: [join(PROGRAMS, script), ...given],
          folder: PROGRAMS,
          environment: (runtimeApi) => ({
            PATH: process.env.PATH ?? '',
            AWS_LAMBDA_RUNTIME_API: runtimeApi,
            AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MB_PER_VCPU),
            MODEL: file,
            LABELS: workshop.model.labels,
          }),
        },
        bytes: (await sizeOf(folder)) + (await sizeOf(file)),
      };
    },
  };
}

/** A virtual environment with these packages: made when it is first asked for, and kept. `PYTHON` names an interpreter. */
async function virtualEnvironment(cache: string, packages: readonly string[]) {
  const digest = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12);
  const folder = join(cache, `python-${digest}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (!(await stat(complete).catch(() => undefined))) {
    await makeFolder(cache);
    await run(process.env.PYTHON ?? 'python3', ['-m', 'venv', '--clear', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
    await writeFile(complete, '');
  }
  return { python, folder };
}
