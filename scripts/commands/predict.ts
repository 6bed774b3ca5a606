import { FreezeframeError, openClassifier } from '@freezeframe/inference';
import { Command } from 'commander';
import { openStore } from '#store';
import { wholeAboveZero } from '#terminal';
import { takesStore } from './models/store-option.ts';
import { answerPictures, type PictureOptions } from './predict/answer-pictures.ts';
import { answerRequest } from './predict/answer-request.ts';
import { checkExplain } from './predict/explain.ts';

interface Options extends PictureOptions {
  request?: string;
}

export function predictCommand(): Command {
  return takesStore(new Command('predict'))
    .description('say what is on pictures, or answer a request of tensors')
    .argument('<model>', 'NAME (its production version), NAME@3, NAME@latest or NAME@TAG')
    .argument(
      '[files...]',
      'pictures (JPEG, PNG, WebP, GIF, AVIF, TIFF), folders of them, patterns in quotes; - is stdin: a picture, or a name a line',
    )
    .option('-k, --top-k <number>', 'how many labels to name, the most probable first (default: 5)', wholeAboveZero)
    .option('--request <file>', 'answer this Open Inference Protocol v2 request (JSON; - is stdin) instead of pictures')
    .option('--explain <file.png>', 'draw which parts of the one picture speak for the label')
    .option('--label <label>', 'the label to explain (default: the most probable)')
    .option('-0, --null', 'names on stdin end with NUL, as find -print0 writes them')
    .option('--json', 'print one JSON result per line with its file, in the order of the files')
    .option('--resume <file>', 'write these JSON lines to a file; what it holds already is not asked again')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe predict gnomes garden.jpg balcony.png
  $ freezeframe predict gnomes photos --json
  $ freezeframe predict gnomes photos --resume answers.jsonl   goes on where it was stopped
  $ find photos -name '*.jpg' -print0 | freezeframe predict gnomes - -0 --json
  $ freezeframe predict gnomes@3 --top-k 1 --json photos/*.jpg
  $ curl -s https://example.com/garden.jpg | freezeframe predict gnomes -
  $ freezeframe predict gnomes garden.jpg --explain why.png
  $ freezeframe predict houses --request request.json

A picture that cannot be read does not stop the others; it is named at the end, and the exit code is then 1.`,
    )
    .action(predict);
}

async function predict(reference: string, files: readonly string[], options: Options): Promise<void> {
  if ((files.length === 0) === (options.request === undefined)) {
    throw new FreezeframeError('used-wrongly', 'Expected either pictures or --request', {
      remedy: 'See what is possible with: freezeframe predict --help',
    });
  }
  if (options.resume !== undefined && (options.request ?? options.explain) !== undefined) {
    throw new FreezeframeError('used-wrongly', '--resume goes with pictures alone, not with --request or --explain', {
      remedy: 'Leave --resume out.',
    });
  }
  const model = await openStore().resolve(reference);
  const { folder, manifest } = model;
  await checkExplain(manifest, options.request === undefined ? files : [], options);
  if (options.request === undefined) return answerPictures(model, files, options);
  const classifier = await openClassifier(folder, { warmed: false });
  try {
    await answerRequest(classifier, options.request, options);
  } finally {
    await classifier.close();
  }
}
