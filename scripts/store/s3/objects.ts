import type { S3Client } from '@aws-sdk/client-s3';
import { ModelError } from '@freezeframe/inference';
import { type S3Place, writeRanges } from '#functions/models';
import { isAbsent, isOvertaken, storeFailure } from './errors.ts';
import { upload } from './upload.ts';

export type Sdk = typeof import('@aws-sdk/client-s3');

export interface Found {
  readonly bytes: Uint8Array;
  readonly eTag: string;
  readonly written: Date;
}

/** Of an object that is to be written: none is there yet, or the one with this ETag is. */
export type Condition = { readonly absent: true } | { readonly eTag: string };

/** Bodies that break off are asked for again so often; the SDK does that for everything before a body. */
const ATTEMPTS = 3;

/** The objects of one bucket. Every failure is a `FreezeframeError`: errors.ts. The SDK is loaded by the first call. */
export class Objects {
  readonly location: string;
  readonly #bucket: string;
  #opened: Promise<{ sdk: Sdk; client: S3Client }> | undefined;

  constructor({ bucket, prefix }: S3Place) {
    this.#bucket = bucket;
    this.location = `s3://${bucket}${prefix && `/${prefix}`}`;
  }

  /** Undefined where there is no such object. */
  read(key: string): Promise<Found | undefined> {
    return this.#ask(async ({ sdk, client }) => {
      try {
        const command = new sdk.GetObjectCommand({ Bucket: this.#bucket, Key: key });
        const { Body, ETag = '', LastModified = new Date(0) } = await client.send(command);
        return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), eTag: ETag, written: LastModified };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    });
  }

  /** Writes a small object in one piece. Answers false where the condition does not hold. */
  write(key: string, body: string, condition: Condition): Promise<boolean> {
    return this.#ask(async ({ sdk, client }) => {
      const held = 'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.eTag };
      const command = new sdk.PutObjectCommand({
        ...{ Bucket: this.#bucket, Key: key, Body: body, ContentType: 'application/json' },
        ...held,
      });
      try {
        await client.send(command);
        return true;
      } catch (error) {
        // S3 answers 404 for If-Match where the object is gone.
        if (isOvertaken(error) || (!('absent' in condition) && isAbsent(error))) return false;
        throw error;
      }
    });
  }

  /** Writes a new object, in parts where it is large. */
  upload(key: string, body: Uint8Array): Promise<void> {
    return this.#ask(({ sdk, client }) => upload(sdk, client, { Bucket: this.#bucket, Key: key }, body));
  }

  /** Writes an object of so many bytes to a file, by ranges. Answers false where it is absent or of another length. */
  fetch(key: string, bytes: number, file: string): Promise<boolean> {
    return this.#ask(async ({ sdk, client }) => {
      const range = async (first: number, last: number, attempt = 1): Promise<Uint8Array> => {
        const command = new sdk.GetObjectCommand({ Bucket: this.#bucket, Key: key, Range: `bytes=${first}-${last}` });
        try {
          const { Body } = await client.send(command);
          return (await Body?.transformToByteArray()) ?? new Uint8Array();
        } catch (error) {
          const broken = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === undefined;
          if (!broken || attempt === ATTEMPTS) throw error;
          return range(first, last, attempt + 1);
        }
      };
      try {
        await writeRanges(file, bytes, range);
        return true;
      } catch (error) {
        if (isAbsent(error) || error instanceof ModelError || (error as Error).name === 'InvalidRange') return false;
        throw error;
      }
    });
  }

  /** The names of the folders below a prefix that ends with a slash. */
  folders(prefix: string): Promise<string[]> {
    return this.#ask(async ({ sdk, client }) => {
      const names: string[] = [];
      const input = { Bucket: this.#bucket, Prefix: prefix, Delimiter: '/' };
      for await (const page of sdk.paginateListObjectsV2({ client }, input)) {
        checkListing(page);
        for (const { Prefix = '' } of page.CommonPrefixes ?? []) names.push(Prefix.slice(prefix.length, -1));
      }
      return names;
    });
  }

  /** Every object below a prefix, and when it was written. */
  list(prefix: string): Promise<{ key: string; written: Date }[]> {
    return this.#ask(async ({ sdk, client }) => {
      const found: { key: string; written: Date }[] = [];
      for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket: this.#bucket, Prefix: prefix })) {
        checkListing(page);
        for (const { Key = '', LastModified = new Date() } of page.Contents ?? []) {
          found.push({ key: Key, written: LastModified });
        }
      }
      return found;
    });
  }

  /** What is not there is removed already. */
  remove(keys: readonly string[]): Promise<void> {
    return this.#ask(async ({ sdk, client }) => {
      for (const Key of keys) await client.send(new sdk.DeleteObjectCommand({ Bucket: this.#bucket, Key }));
    });
  }

  /** Gives up uploads in parts below a prefix that were begun before then; S3 keeps, and bills, their parts until somebody does. */
  abortUploads(prefix: string, before: Date): Promise<number> {
    return this.#ask(async ({ sdk, client }) => {
      let aborted = 0;
      const input = { Bucket: this.#bucket, Prefix: prefix };
      let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
      while (after) {
        const page: import('@aws-sdk/client-s3').ListMultipartUploadsCommandOutput = await client.send(
          new sdk.ListMultipartUploadsCommand({ ...input, ...after }),
        );
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (!Initiated || Initiated >= before || !Key?.startsWith(prefix)) continue;
          await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId }));
          aborted++;
        }
        after =
          page.IsTruncated && page.NextKeyMarker
            ? {
                KeyMarker: page.NextKeyMarker,
                ...(page.NextUploadIdMarker && { UploadIdMarker: page.NextUploadIdMarker }),
              }
            : undefined;
      }
      return aborted;
    });
  }

  async #ask<T>(work: (s3: { sdk: Sdk; client: S3Client }) => Promise<T>): Promise<T> {
    try {
      this.#opened ??= import('@aws-sdk/client-s3').then((sdk) => ({ sdk, client: createClient(sdk) }));
      return await work(await this.#opened);
    } catch (cause) {
      throw storeFailure(this.location, cause);
    }
  }
}

/** S3 says of every listing whether it goes on: a page of something else must not pass for an empty store. */
function checkListing({ IsTruncated }: { IsTruncated?: boolean | undefined }): void {
  if (IsTruncated === undefined) throw new Error('the answer is no listing of S3');
}

function createClient(sdk: Sdk): S3Client {
  // An endpoint of one's own (a local AWS) has no DNS names for its buckets.
  const local = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  return new sdk.S3Client({
    forcePathStyle: local,
    followRegionRedirects: true,
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: 10_000,
      // Not `requestTimeout`: after that the SDK writes a warning, and goes on to wait.
      socketTimeout: 30_000,
      httpsAgent: { maxSockets: 100 },
      httpAgent: { maxSockets: 100 },
    },
  });
}
