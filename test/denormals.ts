/** The least number of single precision that is not denormal. */
export const LEAST_NORMAL = 2 ** -126;

/**
 * Whether this process still computes with denormal numbers. After a training in it, which may have been another file's test, the
 * processor takes them for zero: onnxruntime does not undo its `set_denormal_as_zero`.
 */
export function keepsDenormals(): boolean {
  const [denormal = 0] = Float32Array.of(1e-43);
  return denormal + denormal > 0;
}
