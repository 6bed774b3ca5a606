import { shortened } from '#terminal';

/** A manifest's provenance as rows of a report: what is nested gets a row each, as `dataset.digest`. */
export function provenanceRows(provenance: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(provenance).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return provenanceRows(value as Record<string, unknown>).map(([inner, text]) => [`${name}.${inner}`, text]);
    return [[name, shortened(typeof value === 'string' ? value : JSON.stringify(value))]];
  });
}
