import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

/** Colour variables of a stylesheet's light and dark block, by name. */
function colours(css: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, name = '', value = ''] of css.matchAll(/^ +--([a-z-]+): (#[0-9a-f]{6});/gm))
    found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

it("has the colours of the service's page", () => {
  const page = colours(read('functions/http/page/style/base.css'));
  const report = colours(read('scripts/report/style.css'));
  const shared = [...report.keys()].filter((name) => page.has(name));
  expect(shared.length).toBeGreaterThan(8);
  for (const name of shared) expect([name, report.get(name)]).toEqual([name, page.get(name)]);
});
