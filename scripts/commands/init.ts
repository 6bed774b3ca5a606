import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { reportResult } from '#terminal';

interface InitFlags {
  name?: string;
  json?: boolean;
}

export function initCommand(): Command {
  return new Command('init')
    .description(
      'Make this folder a project: package.json, serverless.yml, photos/, a test. Touches nothing that is there.',
    )
    .option('--name <name>', 'of the project and of what is deployed; by the folder if left out')
    .option('--json', 'print one JSON line')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx --ignore-scripts @freezeframe/cli init\n  $ npx --ignore-scripts @freezeframe/cli init --name animals\n',
    )
    .action(async ({ name, json = false }: InitFlags) => {
      const { projectName, projectPackages, writeProject } = await import('#project');
      const { expected, FreezeframeError } = await import('@freezeframe/inference');
      if (name !== undefined && name !== projectName(name)) {
        throw new FreezeframeError('used-wrongly', expected('small letters, digits and hyphens', '--name', name), {
          remedy: `Call it ${projectName(name)}, for example.`,
        });
      }
      const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
      const packages = Object.entries(projectPackages(version)).map(([one, range]) => `${one}@${range}`);
      const { written, kept } = await writeProject('.', { name: name ?? projectName('.'), version });
      reportResult({ written, kept }, json, () =>
        [
          written.length > 0 ? `Written: ${written.join(', ')}` : 'Nothing had to be written.',
          ...(kept.length > 0 ? [`There already, and not touched: ${kept.join(', ')}`] : []),
          ...(kept.includes('package.json')
            ? [
                'Your package.json needs the packages:',
                `  npm install --save-dev --ignore-scripts ${packages.join(' ')}`,
                'Then: npx freezeframe start',
              ]
            : ['Next: npm install, then npm start']),
        ].join('\n'),
      );
    });
}
