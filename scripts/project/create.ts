import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { callingManager, install, PACKAGE_MANAGERS, type PackageManager } from './install.ts';
import { projectName } from './project-name.ts';
import { writeProject } from './write-project.ts';

const HELP = `Usage: npm create freezeframe@latest FOLDER -- [options]

Makes a project with a picture classifier of your own.

Options:
  --name <name>               of the project and of what is deployed; by the folder if left out
  --package-manager <name>    ${PACKAGE_MANAGERS.join(', ')}; the one that is used now if left out
  --no-install                leave it to you to install the packages
  -h, --help                  print this`;

/**
 * `npm create freezeframe FOLDER`: a new folder with a project in it, and its packages installed.
 * @param words what follows the command @param version of all packages @returns what to do next, or the help
 * @throws FreezeframeError `used-wrongly`, `package-not-installed`
 */
export async function create(words: readonly string[], version: string): Promise<string> {
  const { values, positionals } = parse(words);
  if (values.help) return HELP;
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0)
    throw wrong(expected('one folder', 'the project', positionals.join(' ') || 'none'));
  const manager = values['package-manager'] ?? callingManager();
  if (!PACKAGE_MANAGERS.includes(manager as PackageManager)) {
    throw wrong(expected(PACKAGE_MANAGERS.join(', '), '--package-manager', manager));
  }
  const name = values.name ?? projectName(folder);
  if (name !== projectName(name)) throw wrong(expected('small letters, digits and hyphens', '--name', name));
  const there = await readdir(folder).catch((): string[] => []);
  if (there.length > 0) {
    throw new FreezeframeError('used-wrongly', expected('a new or empty folder', 'the project', folder), {
      remedy: (await holdsProject(folder))
        ? `It holds a project. Where making it was stopped, go on with: ${stepsIn(folder, manager, true).join(', ')}`
        : 'Name another one. Within a project that exists: npx --ignore-scripts @freezeframe/cli init, which touches nothing that is there.',
    });
  }
  await writeProject(folder, { name, version });
  if (!values['no-install']) await install(folder, manager as PackageManager);
  return nextSteps(folder, manager, values['no-install'] === true);
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        'package-manager': { type: 'string' },
        'no-install': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function wrong(message: string): FreezeframeError {
  return new FreezeframeError('used-wrongly', message, { remedy: HELP });
}

/** Whether it was made here: Ctrl-C while packages are installed leaves one without them. */
async function holdsProject(folder: string): Promise<boolean> {
  try {
    const { devDependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return '@freezeframe/cli' in devDependencies;
  } catch {
    return false;
  }
}

function nextSteps(folder: string, manager: string, toInstall: boolean): string {
  return [
    'A project is there. Put photographs into photos/, one folder per class, or see a sample first:',
    '',
    ...stepsIn(folder, manager, toInstall).map((step) => `  ${step}`),
  ].join('\n');
}

function stepsIn(folder: string, manager: string, toInstall: boolean): string[] {
  const path = relative(process.cwd(), resolve(folder)) || '.';
  const shown = /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);
  return [`cd ${shown}`, ...(toInstall ? [`${manager} install`] : []), `${manager} start`];
}
