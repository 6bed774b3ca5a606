import { expected, PictureError, RequestError } from '@freezeframe/inference';
import { MAX_PICTURES } from '../../shared/limits.ts';

/** Files and other fields of a form: each costs time before it is known to be one too many. */
const MAX_PARTS = 4 * MAX_PICTURES;

/** A boundary as RFC 2046 has it, quoted or not. */
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;

/**
 * The files of a form, whatever their fields are called. Parts are counted before the form is taken apart: 50,000 empty ones
 * took 4 s.
 * @throws RequestError `request-invalid`, PictureError `picture-empty`.
 */
export async function readFiles(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Uint8Array[]> {
  checkParts(body, contentType);
  const files = await takeApart(body, contentType).catch((cause) => {
    throw new RequestError('request-invalid', 'The body is not valid multipart/form-data', { cause });
  });
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
async function takeApart(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Uint8Array[]> {
  // By its default: that is all that a CommonJS module has when it is bundled.
  const { default: busboy } = await import('@fastify/busboy');
  return new Promise((resolve, reject) => {
    const files: Uint8Array[] = [];
    let fields = 0;
    const parser = new busboy.Busboy({ headers: { 'content-type': contentType } });
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
    parser.on('finish', () => (files.length + fields === 0 ? reject(new Error('There is no part')) : resolve(files)));
    parser.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  });
}

function checkParts(body: Uint8Array<ArrayBuffer>, contentType: string): void {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const delimiter = `--${quoted ?? plain ?? ''}`;
  if (delimiter === '--')
    throw new RequestError('request-invalid', expected('a boundary', 'content-type', contentType));
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // The last delimiter ends the form.
  let left = MAX_PARTS + 1;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    if (left-- > 0) continue;
    throw new RequestError('request-invalid', expected(`at most ${MAX_PICTURES} files`, 'the form', 'more parts'));
  }
}
