import { expected, PictureError, RequestError } from '@freezeframe/inference';
import { MAX_PICTURES } from '../../shared/limits.ts';

/** Files and other fields of a form: each costs time before it is known to be one too many. */
const MAX_PARTS = 4 * MAX_PICTURES;

/** Parts of these types are files without a name too, as some clients send them (Python's requests, browsers of old). */
const FILE_TYPE = /^(image\/|application\/octet-stream$)/;

/** A boundary as RFC 2046 has it, quoted or not. */
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;

interface Form {
  readonly files: Uint8Array[];
  /** How many others there are. */
  readonly fields: number;
}

/**
 * The files of a form, whatever their fields are called. Parts are counted before the form is taken apart: 50,000 empty ones
 * took 4 s.
 * @throws RequestError `request-invalid`, PictureError `picture-empty`.
 */
export async function readFiles(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Uint8Array[]> {
  const parts = countParts(body, contentType);
  const { files, fields } = await takeApart(body, contentType).catch((cause) => {
    throw new RequestError('request-invalid', 'The body is not valid multipart/form-data', { cause });
  });
  if (parts === 0) throw new RequestError('request-invalid', expected('at least one part', 'the form', parts));
  // The parser skips what it does not take for a field or a file: a picture would be left out, and nobody told.
  if (files.length + fields < parts) {
    const what = 'content-disposition: form-data with a name';
    throw new RequestError('request-invalid', expected(what, 'each part of the form', 'a part without'));
  }
  if (files.length === 0) {
    throw new PictureError('picture-empty', expected('a file', 'the form', undefined), {
      remedy: 'Send the picture as a file, as in: curl -F picture=@picture.jpg .../classify',
    });
  }
  if (files.length > MAX_PICTURES) {
    throw new RequestError('request-invalid', expected(`at most ${MAX_PICTURES} files`, 'the form', files.length));
  }
  return files;
}

/**
 * By a parser that takes what clients send: the web's `formData` of Node 20 and 22 refuses names as RFC 2231 writes them
 * (Python's urllib3 1, of `Übung.jpg`), names without quotation marks, and text before the first part.
 */
async function takeApart(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Form> {
  // By its default: that is all that a CommonJS module has when it is bundled.
  const { default: busboy } = await import('@fastify/busboy');
  return new Promise((resolve, reject) => {
    const files: Uint8Array[] = [];
    let fields = 0;
    const parser = new busboy.Busboy({
      headers: { 'content-type': contentType },
      // All of it is here. A part that is skipped and reaches this mark would be waited for, for ever.
      fileHwm: body.byteLength + 1,
      isPartAFile: (_field, type, name) => name !== undefined || FILE_TYPE.test(type ?? ''),
    });
    parser.on('field', () => fields++);
    parser.on('file', (_field, file) => {
      const place = files.push(new Uint8Array()) - 1;
      const chunks: Buffer[] = [];
      file.on('data', (chunk: Buffer) => chunks.push(chunk));
      file.on('end', () => {
        files[place] = Buffer.concat(chunks);
      });
      file.on('error', reject);
    });
    parser.on('error', reject);
    parser.on('finish', () => resolve({ files, fields }));
    parser.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  });
}

/** The parts between the delimiters. @throws RequestError `request-invalid` where there are too many, or no boundary. */
function countParts(body: Uint8Array<ArrayBuffer>, contentType: string): number {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const delimiter = `--${quoted ?? plain ?? ''}`;
  if (delimiter === '--')
    throw new RequestError('request-invalid', expected('a boundary', 'content-type', contentType));
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let parts = 0;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    // Elsewhere than at the beginning of a line it is a part's own.
    if (at > 0 && bytes.toString('latin1', at - 2, at) !== '\r\n') continue;
    // The last delimiter ends the form.
    if (bytes.toString('latin1', at + delimiter.length, at + delimiter.length + 2) === '--') break;
    if (++parts <= MAX_PARTS) continue;
    throw new RequestError('request-invalid', expected(`at most ${MAX_PICTURES} files`, 'the form', 'more parts'));
  }
  return parts;
}
