type Cell = string | number | undefined;

export function markdownTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map((cell) => cell ?? '').join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Any figures, a line for each number. */
export function plainTable(figures: Readonly<Record<string, unknown>>): string {
  return markdownTable(
    ['figure', 'value'],
    leaves(figures).map(([path, value]) => [path, String(value)]),
  );
}

/** All that is no object, with the names on the way to it. */
export function leaves(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path} / ${name}`));
}
