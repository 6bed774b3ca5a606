import { ImportError } from '#guards';
import { openZip } from '../../containers/zip/zip.ts';
import { type ClassNames, parseLabels } from '../../labels.ts';

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

/**
 * Names of classes in the zip behind a model: a model with metadata is a zip too, read from its end.
 * @param named by the metadata; else the only text file that is there
 * @throws ImportError what `openZip` and `parseLabels` throw
 */
export async function labelsBehind(
  bytes: Uint8Array,
  named: readonly string[],
): Promise<(ClassNames & { readonly entry: string }) | undefined> {
  const behind = zipBehind(bytes);
  if (!behind) return missing(named);
  const zip = await openZip(behind);
  try {
    const texts = zip.entries.map(({ name }) => name).filter((name) => name.endsWith('.txt'));
    const [entry] = named.length > 0 ? named : texts.length === 1 ? texts : [];
    if (entry === undefined) return undefined;
    if (!zip.entries.some(({ name }) => name === entry)) return missing(named);
    return { ...parseLabels(await zip.read(entry), entry), entry };
  } finally {
    zip.close();
  }
}

function missing(named: readonly string[]): undefined {
  const [first] = named;
  if (first === undefined) return undefined;
  throw new ImportError('file-damaged', `The metadata names ${first}, and the file does not hold it.`, {
    details: { missing: first },
    remedy: 'Fetch or export the file again, whole.',
  });
}
