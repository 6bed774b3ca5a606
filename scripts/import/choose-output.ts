import { expected, type Manifest } from '@freezeframe/inference';
import { type FreezeOutput, numbered, type Scaled } from '#frozen';
import { ImportError } from '#guards';
import { type ImportedModel, loadLabels } from '#read';
import { IMAGENET_CLASSES, type ModelFacts, outputWidth } from './facts/model-facts.ts';

export type Task = Manifest['task'];
export const TASKS: readonly Task[] = ['classification', 'regression', 'tensors'];

export interface OutputChoices {
  readonly task?: Task | undefined;
  /** From the user or the file, one for each class. */
  readonly labels?: readonly string[] | undefined;
  /** What the numbers mean: from a scaler, or from names and units alone. */
  readonly values?: readonly Scaled[] | undefined;
}

export interface ChosenOutput {
  readonly output: FreezeOutput;
  readonly notes: readonly string[];
}

/**
 * Decides what the frozen graph answers.
 * @throws ImportError `option-mismatch`
 */
export function chooseOutput(facts: ModelFacts, choices: OutputChoices): ChosenOutput {
  const width = outputWidth(facts);
  const { task, reason } = chooseTask(facts, choices, width);
  const notes = [`Answers ${WORDS[task]}: ${reason}.`, ...unused(task, choices)];
  if (task === 'tensors') return { output: { kind: 'tensors' }, notes };
  if (width === undefined) {
    const what = `one output of rank 2 for --task ${task}`;
    const shapes = facts.outputs.map(({ shape }) => `[${shape.map((size) => size ?? -1)}]`).join(', ');
    throw new ImportError('option-mismatch', expected(what, 'the model', shapes), { remedy: 'Use --task tensors.' });
  }
  if (task === 'regression') {
    const values = choices.values ?? numbered(width);
    if (values.length !== width)
      throw unfit(`${width} names or scaled values`, 'the output of the model', values.length);
    return { output: { kind: 'regression', values }, notes };
  }
  const count = Math.max(2, width);
  const labels = choices.labels ?? Array.from({ length: count }, (_, i) => `class_${i}`);
  if (labels.length !== count) throw unfit(`${count} labels`, 'the output of the model', labels.length);
  const named = choices.labels
    ? []
    : [`No labels were given: classes are called class_0 to class_${count - 1} (--labels ${namesFor(count)}).`];
  return { output: { kind: 'classification', labels }, notes: [...notes, ...named] };
}

/** What was given for another task than the one that it is: nobody should look for it in the answers. */
function unused(task: Task, { labels, values }: OutputChoices): string[] {
  return [
    ...(labels && task !== 'classification'
      ? ['The labels were not used: they are for a model that answers one list, a number for each.']
      : []),
    ...(values && task !== 'regression'
      ? ['What was said of its target (names, units, a scaler) was not used: that is for a model that answers numbers.']
      : []),
  ];
}

/** What would name that many classes. */
function namesFor(count: number): string {
  const thousand = count === IMAGENET_CLASSES || count === IMAGENET_CLASSES + 1;
  return thousand ? "FILE names them, --labels imagenet if they are ImageNet's" : 'FILE names them';
}

const WORDS: Record<Task, string> = {
  classification: 'labels with probabilities',
  regression: 'numbers',
  tensors: "the model's own tensors",
};

function chooseTask(
  { inputs, outputs, answer, picture, activation }: ModelFacts,
  { task, labels, values }: OutputChoices,
  width: number | undefined,
): { task: Task; reason: string } {
  if (task) return { task, reason: `--task ${task}` };
  if (values) return { task: 'regression', reason: 'its target was named or scaled' };
  if (outputs.length > 1 && answer === undefined)
    return { task: 'tensors', reason: `it has ${outputs.length} outputs` };
  if (labels) return { task: 'classification', reason: 'it has labels' };
  if (width === undefined) return { task: 'tensors', reason: 'its output is no list of numbers' };
  if (inputs.length > 1) return { task: 'tensors', reason: `it has ${inputs.length} inputs and no labels` };
  if (activation === 'softmax' && width > 1) return { task: 'classification', reason: 'it ends in softmax' };
  if (activation === 'sigmoid') return { task: 'classification', reason: 'it ends in sigmoid' };
  if (picture && width > 1) return { task: 'classification', reason: `it has ${width} numbers for a picture` };
  const table = inputs[0]?.shape.length === 2 && !inputs[0].integers;
  if (width === 1 && (picture || table))
    return { task: 'regression', reason: 'it gives one number, not a probability' };
  return { task: 'tensors', reason: 'nothing says what its numbers mean (--labels, --target-name or --task would)' };
}

function unfit(what: string, where: string, received: unknown): ImportError {
  return new ImportError('option-mismatch', expected(what, where, received), {
    remedy: 'The labels or names belong to another model, or some are missing.',
  });
}

interface Labels {
  readonly labels: readonly string[] | undefined;
  readonly notes: readonly string[];
}

/** TensorFlow's own ImageNet models count a class before the thousand: what is none of them. */
const BACKGROUND = 'background';

/**
 * The labels that a model is given: the user's, which must fit; else the file's own, which are left out where they are
 * another model's. A published network has ImageNet's, which its file does not hold.
 */
export async function fittingLabels(
  facts: ModelFacts,
  choices: { readonly labels?: readonly string[] | undefined; readonly task?: string | undefined },
  imported: Pick<ImportedModel, 'labels'>,
): Promise<Labels> {
  const width = outputWidth(facts);
  if (choices.labels) {
    const { labels } = choices;
    if (width === IMAGENET_CLASSES + 1 && labels.length === IMAGENET_CLASSES) {
      return { labels: [BACKGROUND, ...labels], notes: [`Its first class is taken for ${BACKGROUND}.`] };
    }
    return { labels, notes: [] };
  }
  const own = imported.labels ?? [];
  const count = Math.max(2, width ?? 0);
  if (width !== undefined && own.length === count) return { labels: own, notes: [] };
  const notes =
    width === undefined || own.length === 0
      ? []
      : [`Labels beside the file were left out: there are ${own.length}, and the model answers ${count} classes.`];
  const { application } = facts;
  if (!application?.whole) return { labels: undefined, notes };
  const { labels } = await loadLabels('imagenet');
  const note = `Its classes are ImageNet's: it is ${application.title} of keras.applications (--labels FILE for others).`;
  return { labels, notes: [...notes, note] };
}
