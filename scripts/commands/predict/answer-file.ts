import { createHash } from 'node:crypto';
import { closeSync, createReadStream, ftruncateSync, openSync, writeSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FreezeframeError, type Manifest, type Result } from '@freezeframe/inference';
import { takeLock } from '#system';
import { countOf, printableJson } from '#terminal';

/** Every line begins so, and so does one that a process could not finish. */
const BEGINNING = '{"file":';

/** A file of JSON Lines with answers that grows by a line at a time, and is gone on from after the process was ended. */
export class AnswerFile {
  readonly #descriptor: number;
  readonly #path: string;
  /** How often each picture has been answered. */
  readonly #answered: Map<string, number>;
  /** Pictures among them that could not be read, with the reason. */
  readonly refused: readonly { readonly file: string; readonly message: string }[];

  /** The first answer that it holds. */
  readonly first: Line | undefined;
  readonly #release: () => Promise<void>;

  private constructor(path: string, { answered, refused, first, bytes }: Found, release: () => Promise<void>) {
    this.first = first;
    this.#path = path;
    this.#release = release;
    this.#answered = answered;
    this.refused = refused;
    this.#descriptor = openSync(path, 'a');
    // What was being written when the process ended: its picture is answered again.
    ftruncateSync(this.#descriptor, bytes);
  }

  /**
   * @param topK how many labels an answer names
   * @throws FreezeframeError `answers-not-resumable` for a file that holds something else, or that another process writes;
   *   `output-not-writable`.
   */
  static async open(path: string, manifest: Manifest, topK: number): Promise<AnswerFile> {
    // A folder holds no lines, and a pipe or a device cannot be gone on from.
    const found = await stat(path).catch(() => undefined);
    if (found && !found.isFile()) throw notResumable(path, 'it is no file');
    const release = await lockAnswers(path);
    try {
      const found = await readAnswers(path, manifest, topK);
      return writing(path, () => new AnswerFile(path, found, release));
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Whether a picture has an answer already; of one that is named twice, each is asked about. */
  holds(file: string): boolean {
    const times = this.#answered.get(file) ?? 0;
    if (times > 0) this.#answered.set(file, times - 1);
    return times > 0;
  }

  /** @throws FreezeframeError `answers-not-resumable` where the first picture is answered otherwise now: another store has another `NAME@1`. */
  checkFirst(now: Result): void {
    if (this.first && !alike(this.first, now))
      throw notResumable(
        this.#path,
        `${this.first.file} is answered otherwise now: the model or the picture is another`,
      );
  }

  /** @throws FreezeframeError `output-not-writable` (a full disk): what was written stays. */
  add(line: object): void {
    writing(this.#path, () => {
      const bytes = Buffer.from(`${printableJson(line)}\n`);
      for (let from = 0; from < bytes.length; ) from += writeSync(this.#descriptor, bytes, from);
    });
  }

  async close(): Promise<void> {
    closeSync(this.#descriptor);
    await this.#release();
  }
}

/** Two processes would answer every picture twice. The lock lies with the user's temporary files, not beside the answers. */
async function lockAnswers(path: string): Promise<() => Promise<void>> {
  const place = join(tmpdir(), `freezeframe-answers-${process.getuid?.() ?? 0}`);
  const real = await realpath(path).catch(() => resolve(path));
  const lock = join(place, createHash('sha256').update(real).digest('hex').slice(0, 32));
  return takeLock(lock, join(place, 'released'), (owner) =>
    notResumable(path, `process ${owner?.pid ?? 'unknown'} is writing to it`),
  );
}

interface Found {
  readonly answered: Map<string, number>;
  readonly refused: { file: string; message: string }[];
  readonly first: Line | undefined;
  /** Of whole lines. */
  readonly bytes: number;
}

async function readAnswers(path: string, manifest: Manifest, topK: number): Promise<Found> {
  const answered = new Map<string, number>();
  const refused: Found['refused'] = [];
  let [bytes, number] = [0, 0];
  let first: Line | undefined;
  for await (const { text, length, whole } of linesOf(path)) {
    number++;
    const wrong = (what: string) => notResumable(path, `line ${number} ${what}`);
    if (!whole) {
      if (text.startsWith(BEGINNING) || BEGINNING.startsWith(text)) break;
      throw wrong('is no answer');
    }
    const line = parsedLine(text);
    if (!line) throw wrong('is no answer');
    const other = differenceOf(line, manifest, topK);
    if (other) throw wrong(other);
    bytes += length;
    answered.set(line.file, (answered.get(line.file) ?? 0) + 1);
    if (line.status !== undefined) refused.push({ file: line.file, message: line.detail ?? line.title ?? '' });
    else first ??= line;
  }
  return { answered, refused, first, bytes };
}

/** A line as `predict --json` prints it. */
interface Line {
  readonly file: string;
  readonly model?: { readonly name: string; readonly version: string };
  readonly predictions?: readonly { readonly label: string; readonly probability: number }[];
  readonly status?: number;
  readonly title?: string;
  readonly detail?: string;
}

function parsedLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text);
    const answers = typeof line?.model?.name === 'string' || Number.isInteger(line?.status);
    return typeof line?.file === 'string' && answers ? line : undefined;
  } catch {
    return undefined;
  }
}

/** What says that a line is not what would be answered now. */
function differenceOf({ model, predictions, status }: Line, { name, version, output }: Manifest, topK: number) {
  if (model && (model.name !== name || model.version !== version)) return `is of ${model.name}@${model.version}`;
  if (status !== undefined) return undefined;
  const labels = output.kind === 'classification' ? Math.min(topK, output.labels.length) : undefined;
  return labels === predictions?.length
    ? undefined
    : `names ${countOf(predictions?.length ?? 0, 'labels')}, not ${labels}`;
}

/** Processors differ in the last digits of a probability, and in which label is the last one that is named. */
const NEAR = 1e-3;

function alike({ predictions = [] }: Line, now: Result): boolean {
  if (!('predictions' in now)) return true;
  const before = new Map(predictions.map(({ label, probability }) => [label, probability]));
  const [top] = now.predictions;
  return (
    (top === undefined || before.has(top.label)) &&
    now.predictions.every(({ label, probability }) => Math.abs((before.get(label) ?? probability) - probability) < NEAR)
  );
}

/** Longer than any answer. */
const LONGEST_BYTES = 16 * 1024 * 1024;

/** Of a file that may not be there. The last line is not whole where the file does not end with a line's end. */
async function* linesOf(path: string): AsyncGenerator<{ text: string; length: number; whole: boolean }> {
  let rest = Buffer.alloc(0);
  if (!(await stat(path).catch(() => undefined))) return;
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield { text: rest.toString('utf8', start, end), length: end + 1 - start, whole: true };
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > LONGEST_BYTES) throw notResumable(path, 'it has a line that is longer than any answer');
  }
  if (rest.length > 0) yield { text: rest.toString(), length: rest.length, whole: false };
}

function notResumable(path: string, reason: string): FreezeframeError {
  return new FreezeframeError('answers-not-resumable', `${path} cannot be gone on from: ${reason}`, {
    remedy: 'Name the file of an ended run with the same model and --top-k, or one that does not exist yet.',
  });
}

function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new FreezeframeError('output-not-writable', `The answers cannot be written to ${path}`, {
      cause,
      remedy: 'Make room on the disk or name a file that you may write to; then go on with the same command.',
    });
  }
}
