import {
  type AnswerOptions,
  checkAnswerOptions,
  FreezeframeError,
  openClassifier,
  type Result,
  toProblem,
} from '@freezeframe/inference';
import { classifyAll, FEW, readPicture, refused, type Said } from '#classifiers';
import type { StoredModel } from '#store';
import { countOf, printable, printableLine, rateSince, reportResult, say, startProgress } from '#terminal';
import { AnswerFile } from './answer-file.ts';
import { type ExplainOptions, writeOverlay } from './explain.ts';
import { type Named, picturesNamed } from './pictures-named.ts';
import { resultText } from './result-text.ts';

export interface PictureOptions extends ExplainOptions {
  json?: boolean;
  topK?: number;
  resume?: string;
  null?: boolean;
}

/** A picture without an answer. */
interface Failure {
  readonly file: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** Answers pictures in the order of their names; what cannot be read is told at the end, and the exit code is then 1. */
export async function answerPictures(
  model: StoredModel,
  files: readonly string[],
  options: PictureOptions,
): Promise<void> {
  const { resume } = options;
  const named = await picturesNamed(files, options.null ? '\0' : '\n');
  if (resume === undefined) return sayFailures(await answerEach(model, named, options), named.length);
  if (named.some(({ file }) => file === '-')) {
    throw new FreezeframeError('used-wrongly', 'A picture on stdin has no name to go on by', {
      remedy: 'Name files and folders with --resume, or send their names on stdin.',
    });
  }
  const answers = await AnswerFile.open(resume, model.manifest, checkAnswerOptions(asked(options)).topK);
  try {
    if (answers.first) {
      for await (const said of classifyAll(model.folder, [{ picture: answers.first.file }], 1, asked(options)))
        if ('result' in said) answers.checkFirst(said.result);
    }
    const left = named.filter(({ file }) => !answers.holds(file));
    const failures = await answerEach(model, left, options, answers);
    const earlier = named.length - left.length;
    process.stderr.write(
      printable(`freezeframe: asked about ${countOf(left.length, 'pictures')} now, ${earlier} before: ${resume}\n`),
    );
    sayFailures([...answers.refused, ...failures], named.length);
  } finally {
    await answers.close();
  }
}

/** @param answers where JSON Lines go, instead of stdout */
async function answerEach(
  model: StoredModel,
  named: readonly Named[],
  options: PictureOptions,
  answers?: AnswerFile,
): Promise<Failure[]> {
  const { explain, json = false } = options;
  const failures: Failure[] = [];
  // Answers that are read as they come need no bar.
  const shown = process.stdout.isTTY && !answers;
  const progress = named.length > FEW && !shown ? startProgress('Answering', named.length, 'pictures') : undefined;
  const began = performance.now();
  let done = 0;
  try {
    for await (const said of explain ? explained(model, named, options) : classified(model, named, options)) {
      const { file } = named[done++] as Named;
      if ('error' in said) {
        const { message, remedy } = said.error;
        failures.push({ file, message, remedy });
        const line = { file, ...toProblem(said.error, file) };
        if (answers) answers.add(line);
        else if (json) reportResult(line, true, () => '');
      } else {
        const line = { file, ...said.result, ...(explain ? { overlay: explain } : {}) };
        if (answers) answers.add(line);
        else reportResult(line, json, () => resultText(file, said.result, explain));
      }
      progress?.update(done, rateSince(began, done));
    }
  } finally {
    progress?.stop();
  }
  return failures;
}

function sayFailures(failures: readonly Failure[], all: number): void {
  if (failures.length === 0) return;
  for (const { file, message, remedy } of failures) {
    process.stderr.write(`freezeframe: ${printableLine(`${file}: ${message}`)}\n`);
    if (remedy) say(`  ${remedy}`);
  }
  process.stderr.write(`freezeframe: ${failures.length} of ${countOf(all, 'pictures')} could not be answered\n`);
  process.exitCode = 1;
}

function asked({ topK }: PictureOptions): AnswerOptions {
  return topK === undefined ? {} : { topK };
}

function classified({ folder }: StoredModel, named: readonly Named[], { topK }: PictureOptions): AsyncIterable<Said> {
  return classifyAll(folder, named, named.length, { topK });
}

/** The one picture, drawn on. */
async function* explained(
  { folder }: StoredModel,
  named: readonly Named[],
  options: PictureOptions,
): AsyncGenerator<{ readonly result: Result } | { readonly error: FreezeframeError }> {
  const { explain, label } = options;
  const classifier = await openClassifier(folder, { warmed: false, threads: 1 });
  try {
    for (const { picture } of named) {
      const heatmap = label === undefined ? {} : { label };
      const bytes = await (typeof picture === 'string' ? readPicture(picture) : picture());
      const { result, overlay } = await classifier.explain(bytes, { ...asked(options), heatmap });
      await writeOverlay(explain as string, overlay);
      yield { result };
    }
  } catch (error) {
    yield refused(error);
  } finally {
    await classifier.close();
  }
}
