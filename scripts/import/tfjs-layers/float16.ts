/** Half precision (IEEE 754 binary16, little endian) as single precision, which holds every half exactly. */
export function halfToFloat(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, toFloat);
}

function toFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
