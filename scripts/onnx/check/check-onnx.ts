import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { type ModelProto, TensorProto_DataType } from '../schema/onnx_pb.ts';
import { checkFunctions } from './check-functions.ts';
import { checkRandom } from './check-random.ts';
import { checkStructure } from './check-structure.ts';
import { externalTensors } from './external-data.ts';
import { allNodes, allTensors } from './walk.ts';

/**
 * The operator sets that onnxruntime 1.30 runs: it promises 7 and later, and refuses to load what is above 26 (tried with
 * a graph of one Relu).
 */
export const OPSETS = { first: 7, last: 26 } as const;
/** The largest published graphs have some ten thousand nodes. */
const MAX_NODES = 200_000;
/** One tensor; protobuf ends there too. */
const MAX_TENSOR_BYTES = 2 ** 31;

/** ONNX's own two domains (the first has two spellings), and the one whose operators onnxruntime brings along. */
const STANDARD = new Set(['', 'ai.onnx']);
const KNOWN_DOMAINS = new Set([...STANDARD, 'ai.onnx.ml', 'com.microsoft']);

/**
 * Checks what onnxruntime would not say, or would say in its own words.
 * @throws ImportError `limit-exceeded`, `unsupported-layer` (operator set, answers at random), `custom-object` (operators of unknown domains,
 *   all of them named), `file-hostile` (weights in other files), `file-damaged` (the graph breaks ONNX's rules)
 */
export function checkOnnx(model: ModelProto): void {
  checkCount(model);
  checkFunctions(model, MAX_NODES);
  checkExternal(model);
  checkOpset(model);
  checkDomains(model);
  checkTensors(model);
  checkStructure(model);
  checkRandom(model);
}

function checkCount(model: ModelProto): void {
  let count = 0;
  for (const _ of allNodes(model)) {
    if (++count > MAX_NODES) throw new ImportError('limit-exceeded', `The ONNX graph has more than ${MAX_NODES} nodes`);
  }
}

/** A reader puts them into the file where it has them; onnxruntime itself is never let near paths. */
function checkExternal(model: ModelProto): void {
  const [first] = externalTensors(model);
  if (!first) return;
  const message = `The tensor ${JSON.stringify(first.name)} of the ONNX file lies in another file, ${JSON.stringify(first.location)}: a model that reads files of its own choice is not opened`;
  throw new ImportError('file-hostile', message, {
    details: { tensor: first.name, location: first.location },
    remedy: 'Save it as one file: onnx.save(onnx.load(path), "one-file.onnx", save_as_external_data=False).',
  });
}

function checkOpset(model: ModelProto): void {
  const versions = model.opsetImport.filter(({ domain }) => STANDARD.has(domain)).map(({ version }) => Number(version));
  const [opset] = versions;
  // Graphs of trees may use the operators of trees alone.
  if (opset === undefined && ![...allNodes(model)].some(({ domain }) => STANDARD.has(domain))) return;
  if (opset !== undefined && opset >= OPSETS.first && opset <= OPSETS.last) return;
  const range = `a version from ${OPSETS.first} to ${OPSETS.last}`;
  throw new ImportError('unsupported-layer', expected(range, "the operator set of ONNX's own domain", opset), {
    details: { opset: opset ?? null, ...OPSETS },
    remedy: 'Convert it with onnx.version_converter, or export it again with another opset_version.',
  });
}

function checkDomains(model: ModelProto): void {
  const own = new Set(model.functions.map(({ domain, name }) => `${domain}::${name}`));
  const unknown = new Set<string>();
  for (const { domain, opType } of allNodes(model)) {
    if (!KNOWN_DOMAINS.has(domain) && !own.has(`${domain}::${opType}`)) unknown.add(`${domain}::${opType}`);
  }
  if (unknown.size === 0) return;
  const operators = [...unknown].sort();
  throw new ImportError(
    'custom-object',
    `The ONNX graph uses operators that nobody but their maker has: ${list(operators)}`,
    {
      details: { operators, domains: [...KNOWN_DOMAINS].filter((domain) => domain !== '') },
      remedy: 'Export the model with standard operators, or with the custom ones as local functions.',
    },
  );
}

function list(words: readonly string[]): string {
  return `${words.slice(0, 20).join(', ')}${words.length > 20 ? ', …' : ''}`;
}

const BYTES: Partial<Record<number, number>> = {
  [TensorProto_DataType.FLOAT]: 4,
  [TensorProto_DataType.DOUBLE]: 8,
  [TensorProto_DataType.FLOAT16]: 2,
  [TensorProto_DataType.BFLOAT16]: 2,
  [TensorProto_DataType.INT64]: 8,
  [TensorProto_DataType.INT32]: 4,
  [TensorProto_DataType.UINT8]: 1,
  [TensorProto_DataType.INT8]: 1,
  [TensorProto_DataType.BOOL]: 1,
};

/** A shape that its data does not have: onnxruntime would allocate first and look then. */
function checkTensors(model: ModelProto): void {
  for (const { name, tensor } of allTensors(model)) {
    const count = tensor.dims.reduce((n, size) => n * Number(size), 1);
    const width = BYTES[tensor.dataType] ?? 1;
    if (tensor.dims.some((size) => size < 0n) || count * width > MAX_TENSOR_BYTES) {
      throw new ImportError('limit-exceeded', expected('at most 2 GB', `tensor ${name}`, tensor.dims.map(Number)));
    }
    if (tensor.rawData.length > 0 && tensor.dataType in BYTES && tensor.rawData.length !== count * width) {
      throw new ImportError(
        'file-damaged',
        expected(`${count * width} bytes`, `tensor ${name}`, tensor.rawData.length),
      );
    }
  }
}
