const HEAD = '## [Unreleased]\n';
/** Stands in the changelog until the first release. */
const NOTHING_YET = / Nothing is released yet\./;

/** What the next release says: the section that is not released yet, without its heading. @throws Error without one */
export function unreleased(changelog: string): string {
  const start = changelog.indexOf(HEAD);
  if (start < 0) throw new Error(`CHANGELOG.md has no line "${HEAD.trim()}".`);
  const rest = changelog.slice(start + HEAD.length);
  const end = rest.search(/^## \[/m);
  const body = (end < 0 ? rest : rest.slice(0, end)).trim();
  if (!/^- /m.test(body)) throw new Error('CHANGELOG.md says nothing of what is new: there is nothing to release.');
  return body;
}

/** The changelog with that section under its version and day, and an empty one above. @param date `2030-12-31` */
export function dated(changelog: string, version: string, date: string): string {
  return changelog.replace(HEAD, `${HEAD}\n## [${version}] - ${date}\n`).replace(NOTHING_YET, '');
}

/** Whether a version has its section. */
export function isReleased(changelog: string, version: string): boolean {
  return changelog.includes(`\n## [${version}] - `);
}
