import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { lazily } from '../runtime/lazily.ts';
import type { S3Place } from './place.ts';

/** The layer answers meanwhile: rather soon no answer than a late one. */
const ANSWER_MS = 5_000;
/**
 * Of requests that fail on their way, or that S3 answers with 5xx or 429. Lambda freezes an environment between invocations, and
 * what was under way then fails at once when it goes on: each invocation brings it a little further.
 */
const RETRIES = 4;

/** An object, that it is the one that is known already, or that there is none. */
type Read = 'same' | 'absent' | { readonly text: string; readonly eTag: string };

/** What functions read of a store in S3. Errors are logged, and the layer answers. */
export interface StoreReader {
  /** @param known the ETag of what one has */
  read(key: string, known?: string): Promise<Read>;
  range(key: string, first: number, last: number): Promise<Uint8Array>;
  /** Names below a prefix that ends with a slash. */
  folders(prefix: string): Promise<string[]>;
}

interface Answer {
  readonly status: number;
  /** Where the bucket is, where it is elsewhere. */
  readonly region: string | undefined;
  readonly eTag: string;
  readonly body: Buffer;
}

/**
 * Reads by requests that aws4fetch signs: the SDK's client takes as long to load as the model, which a cold start would wait
 * for. Sent by node:http: of 17 MB, `fetch` takes 200 ms of the processor. Credentials are those that Lambda gives a function.
 */
export function s3Reader({ bucket }: S3Place): StoreReader {
  let { AWS_REGION: region = '' } = process.env;
  const open = lazily(async () => {
    const [{ AwsV4Signer }, { get, Agent }] = await Promise.all([
      import('aws4fetch'),
      addressOf(bucket, region).startsWith('https:') ? import('node:https') : import('node:http'),
    ]);
    return { AwsV4Signer, get, agent: new Agent({ keepAlive: true }) };
  });
  const send = async (path: string, headers: Record<string, string>): Promise<Answer> => {
    const { AwsV4Signer, get, agent } = await open();
    const signed = await new AwsV4Signer({
      ...credentials(),
      url: `${addressOf(bucket, region)}/${path}`,
      headers,
      region,
    }).sign();
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = get(signed.url, { agent, signal, headers: Object.fromEntries(signed.headers) }, resolve);
      sent.on('error', reject);
    });
    const { etag = '', 'x-amz-bucket-region': place } = response.headers;
    const elsewhere = typeof place === 'string' && place !== region ? place : undefined;
    return { status: response.statusCode ?? 0, region: elsewhere, eTag: etag, body: await bodyOf(response) };
  };
  const ask = async (path: string, headers: Record<string, string> = {}, attempt = 0): Promise<Answer> => {
    const answer = await send(path, headers).catch((error: unknown) => {
      if (attempt >= RETRIES) throw error;
      return undefined;
    });
    if (!answer) return ask(path, headers, attempt + 1);
    if (answer.status < 300 || answer.status === 304 || isAbsent(answer)) return answer;
    if (answer.region && attempt < RETRIES) {
      region = answer.region;
      return ask(path, headers, attempt + 1);
    }
    if ((answer.status >= 500 || answer.status === 429) && attempt < RETRIES) {
      await wait(Math.random() * 100 * 2 ** attempt);
      return ask(path, headers, attempt + 1);
    }
    throw said(answer);
  };
  return {
    async read(key, known) {
      const response = await ask(encoded(key), known === undefined ? {} : { 'if-none-match': known });
      if (response.status === 304) return 'same';
      if (isAbsent(response)) return 'absent';
      return { text: String(response.body), eTag: response.eTag };
    },
    async range(key, first, last) {
      const response = await ask(encoded(key), { range: `bytes=${first}-${last}` });
      if (isAbsent(response)) throw said(response);
      return response.body;
    },
    async folders(prefix) {
      const names: string[] = [];
      let token: string | undefined = '';
      while (token !== undefined) {
        const query = new URLSearchParams({ 'list-type': '2', prefix, delimiter: '/' });
        if (token) query.set('continuation-token', token);
        // Signed as `%20`, which is not how forms write a space.
        const page = String((await ask(`?${String(query).replaceAll('+', '%20')}`)).body);
        for (const [, folder = ''] of page.matchAll(/<CommonPrefixes>\s*<Prefix>([^<]*)<\/Prefix>/g)) {
          names.push(folder.slice(prefix.length, -1));
        }
        token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1];
      }
      return names;
    },
  };
}

/** Of the bucket, without a slash at the end. Its name is in the path: one with dots is in no certificate. */
function addressOf(bucket: string, region: string): string {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || `https://s3.${region}.${suffix}`;
  return `${endpoint.replace(/\/$/, '')}/${bucket}`;
}

/** As `buffer` of node:stream/consumers does it, in a third of the time. */
async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  // Rejects where the connection breaks off.
  await finished(response);
  return Buffer.concat(chunks);
}

function credentials() {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env;
  const token = AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {};
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...token,
    service: 's3',
  };
}

function encoded(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

/**
 * Not where the bucket is absent. Of an object that is not there S3 says 403 to whoever may not list the whole bucket, as the
 * stack's functions may not.
 */
function isAbsent({ status, body }: Answer): boolean {
  const code = codeIn(String(body));
  return (status === 404 && code === 'NoSuchKey') || (status === 403 && code === 'AccessDenied');
}

function said({ status, body }: Answer): Error {
  return new Error(`S3 answers ${status} ${codeIn(String(body))}`);
}

function codeIn(xml: string): string {
  return /<Code>([^<]*)<\/Code>/.exec(xml)?.[1] ?? '';
}
