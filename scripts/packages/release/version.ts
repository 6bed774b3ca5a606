const STEPS = ['major', 'minor', 'patch'] as const;

const NUMBER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/**
 * The version of the next release.
 * @param current of package.json @param released whether that one is out: the first release is what package.json says
 * @param wanted `1.2.3`, `major`, `minor`, `patch`; what the changelog calls for if left out
 * @throws Error for what is no version, or none after the current one
 */
export function nextVersion(current: string, released: boolean, changes: string, wanted?: string): string {
  const now = parse(current);
  if (wanted === undefined && !released) return current;
  const step = STEPS.find((one) => one === (wanted ?? stepOf(changes, now)));
  if (step) return stepped(now, step);
  const next = parse(wanted ?? '');
  const later = next.findIndex((number, i) => number !== now[i]);
  if (later < 0 ? released : (next[later] as number) < (now[later] as number)) {
    throw new Error(`Expected a version after ${current} but received ${wanted}.`);
  }
  return wanted as string;
}

/** What the headings of a changelog's section call for (https://semver.org). Before 1.0.0 a break is a minor step. */
function stepOf(changes: string, [major]: readonly number[]): (typeof STEPS)[number] {
  if (/^### Removed$/m.test(changes)) return major === 0 ? 'minor' : 'major';
  return /^### (Added|Changed|Deprecated)$/m.test(changes) ? 'minor' : 'patch';
}

function stepped([major = 0, minor = 0, patch = 0]: readonly number[], step: (typeof STEPS)[number]): string {
  if (step === 'major') return `${major + 1}.0.0`;
  return step === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function parse(text: string): number[] {
  const found = NUMBER.exec(text);
  if (found) return found.slice(1).map(Number);
  throw new Error(`Expected a version as in 1.2.3, or ${STEPS.join(', ')}, but received ${JSON.stringify(text)}.`);
}
