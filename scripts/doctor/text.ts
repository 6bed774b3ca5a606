import { formatTable } from '#terminal';
import type { Finding } from './finding.ts';

/** A line for each finding, and below it what to do. */
export function findingsText(findings: readonly Finding[]): string {
  const lines = formatTable(
    ['', '', ''],
    findings.map(({ state, name, says }) => [state, name, says]),
  ).split('\n');
  const told = findings.flatMap(({ remedy }, i) => {
    const line = lines[i + 1] as string;
    return remedy ? [line, `      -> ${remedy}`] : [line];
  });
  const count = (state: string) => findings.filter((one) => one.state === state).length;
  const [failed, warned] = [count('fail'), count('warn')];
  const sum = failed + warned === 0 ? 'Everything is in order.' : `${failed} to mend, ${warned} to know of.`;
  return [...told, sum].join('\n');
}
