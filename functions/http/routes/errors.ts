import { PROBLEMS } from '@freezeframe/inference';
import { cacheable } from '../responses/cacheable.ts';
import { type Route, route } from '../route.ts';

/** Where the `type` of a problem document leads: `/errors#<code>`. */
export const errorsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/errors',
    id: 'errors',
    tag: 'Service',
    summary: 'What the type of a problem means',
    description: 'A page for people; each problem has the code at the end of its type as its anchor.',
    // A caller without a key gets problems too.
    open: true,
    responses: {
      200: { description: 'HTML.', content: { 'text/html': undefined }, headers: { etag: 'Changes with the page.' } },
      304: { description: 'The page is the one whose ETag was sent in if-none-match.' },
    },
    handle: ({ context }) =>
      cacheable(context, errorsHtml(), 'text/html; charset=utf-8', { 'content-security-policy': "default-src 'none'" }),
  }),
];

/** Titles are our own text without markup. */
function errorsHtml(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) => `<dt id="${code}"><code>${code}</code> (${status})<dd>${title}.`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors</title><h1>Errors</h1><dl>${rows.join('')}</dl>`;
}
