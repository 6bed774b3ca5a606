/** Why functions of `keras.ops` cannot be frozen, by their classes. What is in no list is refused as unknown. */
const REASONS: readonly (readonly [reason: string, ...classes: string[]])[] = [
  [
    'it holds Python code, which is not run',
    ...['Map', 'Scan', 'AssociativeScan', 'Switch', 'WhileLoop', 'ForiLoop', 'Cond', 'VectorizedMap', 'JVP'],
  ],
  ['it answers at random', 'ElasticTransform'],
  [
    'the size of its answer is known only when it has run',
    ...['Unique', 'Nonzero', 'Bincount', 'Arange', 'SegmentReduction', 'CTCDecode'],
  ],
  ['it makes complex numbers, which ONNX has none of', 'Polar', 'ViewAsComplex', 'ViewAsReal'],
  [
    'ONNX has no operator for it',
    ...[
      'Cholesky',
      'CholeskyInverse',
      'Det',
      'Eig',
      'Eigh',
      'Inv',
      'LuFactor',
      'Qr',
      'Solve',
      'SolveTriangular',
      'SVD',
    ],
    ...['Lstsq', 'MatrixRank', 'Pinv', 'Slogdet', 'Logdet', 'Nextafter', 'View', 'Gcd', 'Lcm', 'CTCLoss'],
  ],
  ['Keras itself cannot run it in a functional model', 'ConvTranspose', 'Ndim', 'Rearrange'],
  ['it answers one number for all rows together', 'AllClose'],
  ['its answers differ between the backends of Keras', 'UnravelIndex', 'Argpartition'],
  [
    'nobody has written it yet',
    ...['FFT', 'FFT2', 'IFFT2', 'RFFT', 'IRFFT', 'STFT', 'ISTFT', 'AffineTransform', 'PerspectiveTransform'],
    ...['MapCoordinates', 'ScaleAndTranslate', 'SSIM', 'Corrcoef', 'Correlate', 'Histogram', 'Geomspace'],
    ...['Nanmedian', 'Nanpercentile', 'Nanquantile'],
  ],
];

/** The reason for which an operator is refused, by its class. */
export const REFUSED_OPERATORS: ReadonlyMap<string, string> = new Map(
  REASONS.flatMap(([reason, ...classes]) => classes.map((name) => [name, reason] as const)),
);

/** The same for functions of TensorFlow, by what their names hold. */
export const REFUSED_FUNCTIONS: readonly (readonly [name: RegExp, reason: string])[] = [
  [
    /(^|\.)(map_fn|foldl|foldr|scan|while_loop|cond|case|switch_case|vectorized_map|py_function|numpy_function)$/,
    'it holds Python code, which is not run',
  ],
  [/(^|\.)(stateless_)?random|(^|\.)(shuffle|sample_distorted_bounding_box)$/, 'it answers at random'],
  [
    /(^|\.)(unique|boolean_mask|bincount|where_v1|non_max_suppression|combined_non_max_suppression)/,
    'the size of its answer is known only when it has run',
  ],
  [/(^|\.)(strings|io|lookup|ragged|sparse|sets)\./, 'it works on what is no plain tensor of numbers'],
  [/(^|\.)(signal|fft)\b/, 'it makes complex numbers, which ONNX has none of'],
];
