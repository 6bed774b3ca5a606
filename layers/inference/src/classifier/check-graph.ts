import { type Engine, type EngineTensor, shapeText } from '../engine.ts';
import { expected, ModelError } from '../errors.ts';
import type { ClassificationOutput, Manifest, TensorSpec } from '../manifest.ts';

/**
 * A manifest that does not describe its graph is found at load, not by the first request.
 * @throws ModelError `manifest-mismatch`.
 */
export function checkGraph({ input, output }: Manifest, engine: Engine): void {
  const inputs: TensorSpec[] =
    input.kind === 'picture'
      ? [{ name: input.name, datatype: 'UINT8', shape: [null, input.height, input.width, input.channels] }]
      : input.tensors;
  checkSpecs('input', inputs, engine.inputs);
  if (inputs.length !== engine.inputs.length) {
    throw mismatch(expected(`${engine.inputs.length} inputs`, 'the manifest', inputs.length));
  }
  if (output.kind === 'tensors') {
    checkSpecs('output', output.tensors, engine.outputs);
    return;
  }
  const found = engine.outputs.find(({ name }) => name === output.name);
  const count = output.kind === 'classification' ? output.labels.length : output.values.length;
  const size = found?.shape[1];
  const fits = size === null || size === count || (size === 1 && output.kind === 'classification' && count === 2);
  if (found?.datatype !== 'FP32' || found.shape.length !== 2 || !fits) {
    const received = found ? `${found.datatype} ${shapeText(found.shape)}` : undefined;
    throw mismatch(expected(`FP32 [-1, ${count}]`, `output ${output.name} of the graph`, received));
  }
  if (output.kind === 'classification') checkSpecs('output', furtherOutputs(output), engine.outputs);
}

/** What a classification may answer besides its probabilities. */
function furtherOutputs({ labels, unknown, heatmap }: ClassificationOutput): TensorSpec[] {
  const specs: TensorSpec[] = [];
  if (unknown) specs.push({ name: unknown.name, datatype: 'FP32', shape: [null] });
  if (heatmap) {
    const { name, rows, columns, kernel } = heatmap;
    specs.push({ name, datatype: 'FP32', shape: [null, rows, columns, kernel ? null : labels.length] });
    if (kernel) specs.push({ name: kernel, datatype: 'FP32', shape: [null, labels.length] });
  }
  return specs;
}

function checkSpecs(what: string, specs: readonly TensorSpec[], found: readonly EngineTensor[]): void {
  for (const { name, datatype, shape } of specs) {
    const tensor = found.find((candidate) => candidate.name === name);
    const fits =
      tensor?.datatype === datatype &&
      tensor.shape.length === shape.length &&
      // A size that only one side fixes is no contradiction.
      shape.every((size, axis) => size === null || tensor.shape[axis] === null || tensor.shape[axis] === size);
    if (!fits) {
      const received = tensor ? `${tensor.datatype} ${shapeText(tensor.shape)}` : undefined;
      throw mismatch(expected(`${datatype} ${shapeText(shape)}`, `${what} ${name} of the graph`, received));
    }
  }
}

function mismatch(message: string): ModelError {
  return new ModelError('manifest-mismatch', message, { remedy: 'Freeze the model again.' });
}
