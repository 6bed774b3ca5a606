import { Command, Option } from 'commander';
import { datasetHelp, describeDataset, describeInWords, loadDataset, writeSheet } from '#datasets';
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
    .option('--sheet <file.png>', 'write some test pictures of each class as one picture')
    .option('--json', 'print one JSON line')
    .addHelpText(
      'after',
      `
Data sets:
${datasetHelp()}

Examples:
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
      if (flags.sheet !== undefined) await writeSheet(dataset, flags.sheet);
      const description = describeDataset(dataset);
      reportResult(description, flags.json === true, () => describeInWords(description));
    });
}
