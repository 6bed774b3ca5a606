import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../functions/http/app.ts';
import { assemblePage } from '../../../functions/http/page.ts';

describe('the page', () => {
  const { html, policy } = assemblePage();

  it('is one document that loads nothing else', () => {
    expect(html).not.toMatch(/<link[^>]+stylesheet|<script[^>]+src=|@import|url\((?!"data:)/);
    const addresses = html.match(/https?:\/\/[^\s"'<>)]+/g) ?? [];
    // The SVG namespace is a name, not an address.
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/2000/svg'))).toEqual([]);
  });

  it('is covered by its policy: the hashes are those of its style and script', () => {
    for (const tag of ['style', 'script']) {
      const [, content] = new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(html) ?? [];
      const hash = createHash('sha256')
        .update(content as string)
        .digest('base64');
      expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/\son\w+="|\sstyle="/);
  });

  it('fails to assemble where a part would be left out', () => {
    expect(() => assemblePage((name) => (name === 'index.html' ? '<p>no links</p>' : ''))).toThrow('index.html has no');
  });

  it('has a script whose types are right', async () => {
    const path = (relative: string) => fileURLToPath(new URL(`../../../../${relative}`, import.meta.url));
    // With the browser's types, which the rest of the project must not see.
    const tsc = [path('node_modules/typescript/bin/tsc'), '--noEmit', '-p', path('functions/http/page')];
    const { stdout } = await promisify(execFile)(process.execPath, tsc).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });

  it('is served at / with its policy', async () => {
    const response = await createApp().request('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
    expect(response.headers.get('content-security-policy')).toBe(policy);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toBe(html);
  });
});
