import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { filesIn, type Source, type Tree } from '#bundle/prebuilt';
import { asJson } from './manifest.ts';

/**
 * What `@freezeframe/cli` carries of the stack: our serverless.yml with the resources that it names, as one JSON file, and
 * the code and data that both name by their paths.
 */
export async function stackFiles(root: string): Promise<Tree> {
  const tree = new Map<string, Source>();
  for (const [path, source] of await filesIn(join(root, 'resources'))) {
    if (!path.endsWith('.yml')) tree.set(`resources/${path}`, source);
  }
  const config = await loadYaml(root, 'serverless.yml');
  const resources = await Promise.all((config.resources as string[]).map((part) => withContent(root, part)));
  return tree.set('resources/stack.json', asJson({ ...config, resources }));
}

/** A file of YAML in the place of its name; code stays a name. */
async function withContent(root: string, part: string): Promise<unknown> {
  const [, path] = /^\$\{file\((.+\.yml)\)\}$/.exec(part) ?? [];
  return path ? loadYaml(root, path) : part;
}

/** As the framework reads it: it knows `!Ref` and the like. */
async function loadYaml(root: string, path: string): Promise<Record<string, unknown>> {
  const fromFramework = createRequire(createRequire(join(root, 'package.json')).resolve('serverless/package.json'));
  const { load } = fromFramework('js-yaml') as { load(text: string, options: object): Record<string, unknown> };
  const schema = fromFramework('./lib/utils/serverless-utils/cloudformation-schema.js');
  return load(await readFile(join(root, path), 'utf8'), { schema });
}
