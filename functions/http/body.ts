import { expected, PictureError, RequestError } from '@freezeframe/inference';
import type { Question } from '../shared/answer.ts';
import { MAX_PICTURES, MAX_REQUEST_BYTES } from '../shared/limits.ts';
import { jsonBody } from '../shared/payload.ts';
import { parseJson, validate } from '../shared/validate.ts';

const TAKEN = 'image/*, multipart/form-data or application/json';

/**
 * Reads what is asked about from a request's body, by its declared content type. Whether `image/*` holds a picture is
 * found by decoding it, whatever subtype was declared.
 * @throws RequestError `media-type-unsupported`, `request-too-large`, `request-invalid`; PictureError `picture-empty`.
 */
export async function readQuestion(request: Request): Promise<Question> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const multipart = type === 'multipart/form-data';
  const json = type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
  if (!multipart && !json && !/^image\/[\w.+-]+$/.test(type)) {
    throw new RequestError('media-type-unsupported', expected(TAKEN, 'content-type', type || undefined), {
      remedy: 'Name the type, as in: curl --data-binary @picture.jpg -H "content-type: image/jpeg" .../classify',
    });
  }
  const body = await readBody(request);
  if (body.byteLength === 0) {
    throw new PictureError('picture-empty', expected('a picture', 'the body', undefined), { remedy: `Send ${TAKEN}.` });
  }
  if (multipart) return readForm(body, request.headers.get('content-type') as string);
  if (json) return validate(jsonBody, parseJson(new TextDecoder().decode(body), 'The body'), 'The body');
  return { picture: body };
}

async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  checkSize(Number(request.headers.get('content-length') ?? 0));
  const body = new Uint8Array(await request.arrayBuffer());
  checkSize(body.byteLength);
  return body;
}

function checkSize(bytes: number): void {
  if (bytes <= MAX_REQUEST_BYTES) return;
  throw new RequestError('request-too-large', expected(`at most ${MAX_REQUEST_BYTES} bytes`, 'the body', bytes), {
    remedy: 'Send a smaller picture: models look at a few hundred pixels.',
  });
}

/** Every file of the form is a picture, whatever its field is called; other fields mean nothing here. */
async function readForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Question> {
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData().catch((cause) => {
    throw new RequestError('request-invalid', 'The body is not valid multipart/form-data', { cause });
  });
  const files = [...form.values()].filter((value) => typeof value !== 'string');
  if (files.length === 0) {
    throw new PictureError('picture-empty', expected('a file', 'the form', undefined), {
      remedy: 'Send the picture as a file, as in: curl -F picture=@picture.jpg .../classify',
    });
  }
  if (files.length > MAX_PICTURES) {
    throw new RequestError('request-too-large', expected(`at most ${MAX_PICTURES} files`, 'the form', files.length));
  }
  const pictures = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  return pictures.length === 1 ? { picture: pictures[0] as Uint8Array } : { pictures };
}
