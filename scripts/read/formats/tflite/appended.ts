import { ImportError, parseJson } from '#guards';
import { openZip } from '../../containers/zip/zip.ts';
import type { PictureHints } from '../../format-reader.ts';
import { type ClassNames, holdsNames, parseLabels } from '../../labels.ts';
import { literalAsJson } from '../../python-literal.ts';
import { type UltralyticsMetadata, ultralyticsHints } from '../../ultralytics.ts';

/** The end of a zip's directory: its mark, how long it is, and how far from the end of a file it may be (a comment of 64 KB). */
const END_OF_ZIP = Buffer.from('PK\u0005\u0006', 'latin1');
const END_BYTES = 22;
const MAX_END_BYTES = END_BYTES + 65_535;

/** The zip at the end of a file, if there is one: its places count from the beginning of the file, or from its own. */
function zipBehind(bytes: Uint8Array): Uint8Array | undefined {
  const from = Math.max(0, bytes.length - MAX_END_BYTES);
  const end = Buffer.from(bytes.subarray(from)).lastIndexOf(END_OF_ZIP);
  if (end === -1 || from + end + END_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + from + end, END_BYTES);
  return bytes.subarray(Math.max(0, from + end - view.getUint32(12, true) - view.getUint32(16, true)));
}

export interface BehindLite extends ClassNames {
  /** The file that the names are from. */
  readonly entry: string;
  readonly hints?: PictureHints;
}

/** What Ultralytics calls it since 2025; before, it was the only text file. */
const DICTIONARY = 'metadata.json';

/**
 * Names of classes in the zip behind a model: a model with metadata is a zip too, read from its end.
 * @param named by the metadata; else the only text file that is there, or a `metadata.json` with names
 * @throws ImportError what `openZip` and `parseLabels` throw
 */
export async function labelsBehind(bytes: Uint8Array, named: readonly string[]): Promise<BehindLite | undefined> {
  const behind = zipBehind(bytes);
  if (!behind) return missing(named);
  const zip = await openZip(behind);
  try {
    const names = zip.entries.map(({ name }) => name);
    const texts = names.filter((name) => name.endsWith('.txt'));
    const likely = texts.length === 1 ? texts : names.filter((name) => name === DICTIONARY);
    const [entry] = named.length > 0 ? named : likely;
    if (entry === undefined) return undefined;
    if (!names.includes(entry)) return missing(named);
    const content = await zip.read(entry);
    if (entry === DICTIONARY && !holdsNames(content, entry)) return undefined;
    const hints = hintsIn(content);
    return { ...parseLabels(content, entry), entry, ...(hints ? { hints } : {}) };
  } finally {
    zip.close();
  }
}

/** A dictionary tells more than names; a list of names is none. */
function hintsIn(content: Uint8Array): PictureHints | undefined {
  const text = new TextDecoder().decode(content);
  if (!/^\s*\{/.test(text)) return undefined;
  return ultralyticsHints(parseJson(literalAsJson(text), 'metadata') as UltralyticsMetadata);
}

function missing(named: readonly string[]): undefined {
  const [first] = named;
  if (first === undefined) return undefined;
  throw new ImportError('file-damaged', `The metadata names ${first}, and the file does not hold it.`, {
    details: { missing: first },
    remedy: 'Fetch or export the file again, whole.',
  });
}
