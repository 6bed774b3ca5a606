import { PROBLEMS } from '@freezeframe/inference';
import ERROR_CODES from '@freezeframe/inference/error-codes' with { type: 'json' };

type Row = readonly [code: string, says: string];

/** The page on what can fail, from the list of codes: `docs/errors.md`. */
export function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).sort(([a], [b]) => (a < b ? -1 : 1));
  const statuses = new Map(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]));
  const section = (title: string, head: string, listed: readonly Row[], row: (row: Row) => string) => [
    `## ${title} (${listed.length})`,
    '',
    head,
    head.replaceAll(/[^|]+/g, '---'),
    ...listed.map(row),
  ];
  return `${[
    '# Errors',
    '',
    'Written by `npm run generate` from `layers/inference/src/error-codes.json`; a test fails while this page is',
    'not what it writes. A code is stable: branch on it, never on the text of a message. The command line prints the message',
    'and what to do, and with `--json` the code.',
    '',
    ...section(
      'What the API may answer',
      '| code | status | what happened, and what to do |',
      rows.filter(([code]) => statuses.has(code)),
      ([code, says]) => `| <a id="${code}"></a>\`${code}\` | ${statuses.get(code)} | ${says} |`,
    ),
    '',
    'Such a problem document (RFC 9457) has the `type` `/errors#<code>`, an address of the API itself: `GET /errors`.',
    'The command line may end with these codes too.',
    '',
    ...section(
      'What only the command line says',
      '| code | what happened, and what to do |',
      rows.filter(([code]) => !statuses.has(code)),
      ([code, says]) => `| <a id="${code}"></a>\`${code}\` | ${says} |`,
    ),
  ].join('\n')}\n`;
}
