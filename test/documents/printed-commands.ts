import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Every document that people read, from the project's root. */
export async function documents(root = ROOT): Promise<string[]> {
  const below = await readdir(join(root, 'docs'), { recursive: true });
  const pages = below.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`);
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages.sort()];
}

/** The commands of a document's blocks that are marked `sh`, in order, without comments; continued lines are one command. */
export function commandsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter(Boolean);
}

const PROGRAM = /^((npm|npx|node|curl|aws|cd|git|freezeframe) |export [A-Z_]+=)/;

/** Lines that look like commands, and stand where no test types them: indented, or in a block of another mark. */
export function hiddenCommands(text: string): string[] {
  const others = text.replaceAll(/^```sh\n[\s\S]*?^```$/gm, '');
  const fenced = [...others.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.split('\n'));
  const indented = others.split('\n').filter((line) => /^( {4}|\t)/.test(line));
  return [...fenced, ...indented].map((line) => line.trim()).filter((line) => PROGRAM.test(line));
}

export async function printedIn(document: string): Promise<string[]> {
  return commandsOf(await readFile(join(ROOT, document), 'utf8'));
}
