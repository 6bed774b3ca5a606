import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../../functions/http/app.ts';
import { assemblePage } from '../../../../functions/http/page.ts';

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

  it('puts each module behind what it needs, once', () => {
    const files: Record<string, string> = {
      'index.html': '<link rel="stylesheet" href="a.css"><script type="module" src="c/main.js"></script>',
      'a.css': 'p {}',
      'c/main.js': "import { a } from './a.js';\nimport { b } from './d/b.js';\na(b);\n",
      'c/a.js': "import {\n  b,\n} from './d/b.js';\nexport function a() {\n  b();\n}\n",
      'c/d/b.js': 'import { e } from \'../e.js\';\nexport const b = "$&";\n',
      'c/e.js': 'export const e = 1;\n',
    };
    const page = assemblePage((name) => files[name] ?? '');
    expect(page.html).toContain(
      '<script type="module">const e = 1;\n\nconst b = "$&";\n\nfunction a() {\n  b();\n}\n\na(b);\n</script>',
    );
    for (const odd of ["import b from './b.js';\n", 'export default 1;\n', "export * from './b.js';\n"]) {
      expect(() => assemblePage((name) => (name === 'c/d/b.js' ? odd : (files[name] ?? '')))).toThrow('not understood');
    }
  });

  it('has no two modules with the same name for different things', async () => {
    const [, script = ''] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? [];
    await expect(transform(script, { format: 'esm' })).resolves.toBeDefined();
    await expect(transform(`${script}\nlet page;`, { format: 'esm', logLevel: 'silent' })).rejects.toThrow('already');
  });

  it('holds its pictures itself', () => {
    expect(html.match(/<img src="data:image\/jpeg;base64,/g)).toHaveLength(4);
    expect(html).not.toMatch(/<img src="(?!data:)/);
  });

  it('has a script whose types are right', async () => {
    const path = (relative: string) => fileURLToPath(new URL(`../../../../../${relative}`, import.meta.url));
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
