/** `price (USD)` is the price, in USD. */
export function splitUnit(column: string): { name: string; unit: string } {
  const match = /^(.+?)\s*\(([^()]+)\)$/.exec(column);
  return match ? { name: match[1] as string, unit: (match[2] as string).trim() } : { name: column, unit: '' };
}
