import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Value = string | number | boolean | object;
type Group = Record<string, [means: string, value: Value, { takes: string }]>;

const require = createRequire(import.meta.url);
const { GROUPS } = require('../../resources/parameters.cjs') as { GROUPS: Record<string, Group> };

const MARKS = ['<!-- settings: npm run generate -->', '<!-- /settings -->'] as const;

/** `docs/deploy.md` with its section on settings as the stack knows them. */
export function deployPage(): string {
  const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const [before, rest = ''] = page.split(MARKS[0]);
  const [, after = ''] = rest.split(MARKS[1]);
  return [before, MARKS[0], '\n\n', settings(), '\n\n', MARKS[1], after].join('');
}

function settings(): string {
  const rows = Object.entries(GROUPS).flatMap(([title, group]) => [
    `| **${title}** | | | |`,
    ...Object.entries(group).map(
      ([name, [means, value, { takes }]]) => `| \`${name}\` | ${shown(value)} | ${escaped(takes)} | ${means} |`,
    ),
  ]);
  return ['| setting | default | takes | is |', '|---|---|---|---|', ...rows].join('\n');
}

function shown(value: Value): string {
  return value === '' || typeof value === 'object' ? 'none' : `\`${value}\``;
}

/** A star would begin an emphasis. */
function escaped(text: string): string {
  return text.replaceAll('*', '\\*');
}
