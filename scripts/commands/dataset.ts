import { Command, Option } from 'commander';
import { datasetHelp, describeDataset, describeInWords, loadDataset } from '#datasets';
import { reportResult, wholeNumber } from '#terminal';

interface DatasetFlags {
  seed?: number;
  size?: number;
  channels?: '1' | '3';
  target?: string;
  encoding?: string;
  sheet?: string;
  json?: boolean;
}

export function datasetCommand(): Command {
  return new Command('dataset')
    .description('Look at a data set as training sees it: what is in each split, what was left out and why.')
    .argument('<data>', 'gnomes, mnist, house-prices, FILE.csv or a folder of class folders')
    .option('--seed <number>', 'which split, and which drawings', wholeNumber)
    .option('--size <pixels>', 'side of the square pictures', wholeNumber)
    .addOption(new Option('--channels <number>', '3 for colour, 1 for grey').choices(['1', '3']))
    .option('--target <column>', 'column of a table to predict; the last if left out')
    .option('--encoding <name>', 'of a table: windows-1252, ...; UTF-8 if left out')
    .option(
      '--sheet <file>',
      'look at it: a page with each label, duplicates and odd ones (.html), or test pictures (.png)',
    )
    .option('--json', 'print one JSON line')
    .addHelpText(
      'after',
      `
Data sets:
${datasetHelp()}

Examples:
  $ freezeframe dataset photos/ --sheet photos.html      what is in it, to look at
  $ freezeframe dataset gnomes --sheet gnomes.png
  $ freezeframe dataset pictures/ --size 96
  $ freezeframe dataset houses.csv --target price --json
`,
    )
    .action(async (data: string, flags: DatasetFlags) => {
      const dataset = await loadDataset(data, {
        ...(flags.seed === undefined ? {} : { seed: flags.seed }),
        ...(flags.size === undefined ? {} : { size: flags.size }),
        ...(flags.channels === undefined ? {} : { channels: flags.channels === '1' ? 1 : 3 }),
        ...(flags.target === undefined ? {} : { target: flags.target }),
        ...(flags.encoding === undefined ? {} : { encoding: flags.encoding }),
      });
      if (flags.sheet !== undefined) {
        const { writeSheetFile } = await import('./dataset/sheet.ts');
        await writeSheetFile(dataset, flags.sheet);
      }
      const description = describeDataset(dataset);
      reportResult(description, flags.json === true, () => describeInWords(description));
    });
}
