import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FreezeframeError } from '@freezeframe/inference';
import { CsvError, Parser } from 'csv-parse';
import { delimiterOf } from './delimiter.ts';
import { decoderFor, encodingOf } from './encoding.ts';

export interface TableOptions {
  /** Default: UTF-8, or UTF-16 where a byte order mark says so. */
  encoding?: string;
}

export interface TableRecord {
  cells: string[];
  /** 1 for the first line of the file. A cell may have several lines; counted is the last. */
  line: number;
}

/** A file of records, the first of which names the columns. */
export interface Table {
  columns: string[];
  delimiter: string;
  /** Reads the file again, from the first record below the header. */
  records(): AsyncGenerator<TableRecord>;
}

const SAMPLE_BYTES = 64 * 1024;
const MAX_RECORD = 1024 * 1024;

/**
 * Opens a table: separated by comma, semicolon, tab or bar; in UTF-8, in UTF-16 with its mark, or as `encoding` says.
 * Records without a value in them are passed over.
 * @throws FreezeframeError `csv-invalid` for what is no such text, here or while records are read; `used-wrongly`
 */
export async function openTable(path: string, { encoding }: TableOptions = {}): Promise<Table> {
  const start = await startOf(path);
  const file: OpenFile = { path, start, encoding, delimiter: ',' };
  file.delimiter = delimiterOf(sampleOf(file));
  for await (const { cells } of readRecords(file)) {
    return {
      columns: cells,
      delimiter: file.delimiter,
      async *records() {
        let first = true;
        for await (const record of readRecords(file)) {
          if (!first) yield record;
          first = false;
        }
      },
    };
  }
  throw new FreezeframeError('csv-invalid', 'The table is empty');
}

interface OpenFile {
  path: string;
  start: Uint8Array;
  encoding: string | undefined;
  delimiter: string;
}

async function startOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function sampleOf(file: OpenFile): string {
  const { path, start, encoding } = file;
  // As a stream: a letter at the end of the sample may be cut.
  const text = decoded(file, () => decoderFor(start, encoding).decode(start, { stream: true }));
  // Its last line may be cut too. Where it is the only one, it is the header.
  const end = start.length < SAMPLE_BYTES ? -1 : text.lastIndexOf('\n');
  checkNoZero(text, path);
  return end > 0 ? text.slice(0, end) : text;
}

/** Tells the line of each record. By its option `info` a third of the time goes into what nobody asks for. */
class LineParser extends Parser {
  override push(cells: string[] | null): boolean {
    return super.push(cells && ({ cells, line: this.info.lines } satisfies TableRecord));
  }
}

async function* readRecords(file: OpenFile): AsyncGenerator<TableRecord> {
  const parser = new LineParser({
    delimiter: file.delimiter,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD,
  });
  const abort = new AbortController();
  const done = pipeline(textOf(file), parser, { signal: abort.signal });
  // Its failure is told by the parser, which is read below.
  done.catch(() => undefined);
  try {
    yield* parser as AsyncIterable<TableRecord>;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FreezeframeError('csv-invalid', `The table cannot be read: ${error.message}`, { cause: error });
  } finally {
    abort.abort();
  }
}

async function* textOf(file: OpenFile): AsyncGenerator<string> {
  const decoder = decoderFor(file.start, file.encoding);
  for await (const bytes of createReadStream(file.path)) {
    const text = decoded(file, () => decoder.decode(bytes, { stream: true }));
    checkNoZero(text, file.path);
    yield text;
  }
  yield decoded(file, () => decoder.decode());
}

function decoded(file: OpenFile, decode: () => string): string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FreezeframeError) throw error;
    throw notText(file, error);
  }
}

function checkNoZero(text: string, path: string): void {
  if (!text.includes('\0')) return;
  throw new FreezeframeError(
    'csv-invalid',
    `${basename(path)} holds zero bytes: it is no text, or one without its mark`,
    {
      remedy: 'Save it as CSV in UTF-8.',
    },
  );
}

/** Which letters other bytes mean, only whoever wrote them knows: a guess would make up names of columns and classes. */
function notText({ path, start, encoding }: OpenFile, cause: unknown): FreezeframeError {
  const name = basename(path);
  const used = encodingOf(start) ?? encoding ?? 'utf-8';
  if (used !== 'utf-8')
    return new FreezeframeError('csv-invalid', `${name} is not text in ${used.toUpperCase()}`, {
      cause,
      remedy: 'Save it as UTF-8.',
    });
  const guess = new TextDecoder('windows-1252').decode(start);
  const shown = guess.split(/[\r\n]+/).find((line) => /[^\0-\x7f]/.test(line)) ?? '';
  return new FreezeframeError('csv-invalid', `${name} is not text in UTF-8`, {
    cause,
    remedy: `Save it as UTF-8 (in spreadsheets: "CSV UTF-8")${shown === '' ? '' : `, or, if this reads as it should, add --encoding windows-1252: ${shown.slice(0, 200)}`}`,
  });
}
