import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';

export interface Page {
  readonly html: string;
  /** Content-Security-Policy under which exactly this page works: its own script and style, and requests to its origin. */
  readonly policy: string;
}

const STYLE_LINK = '<link rel="stylesheet" href="style.css">';
const SCRIPT_LINK = '<script type="module" src="client.js"></script>';

/** Puts the three files of `page/` together into one document that loads nothing else. */
export function assemblePage(read: (name: string) => string = readBeside): Page {
  const style = read('style.css');
  const script = read('client.js');
  // Functions as replacements: `$&` in the script is not to be read as a pattern.
  const html = [
    [STYLE_LINK, `<style>${style}</style>`] as const,
    [SCRIPT_LINK, `<script type="module">${script}</script>`] as const,
  ].reduce((text, [link, inline]) => {
    if (!text.includes(link)) throw new Error(`index.html has no ${link}`);
    return text.replace(link, () => inline);
  }, read('index.html'));
  const policy = [
    "default-src 'none'",
    `style-src '${hash(style)}'`,
    `script-src '${hash(script)}'`,
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

/** `GET /`: the page. */
export function pageRoutes(page: Page = assemblePage()): Hono {
  return new Hono().get('/', (context) =>
    context.html(page.html, 200, {
      'content-security-policy': page.policy,
      'cache-control': 'no-cache',
      'referrer-policy': 'no-referrer',
    }),
  );
}

/** The bundler copies `page/` beside the bundle, so the folder lies in the same place for sources and for bundles. */
function readBeside(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
