/** A tensor with any number of rows, row-major in Keras's or TensorFlow's axis order. */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}
