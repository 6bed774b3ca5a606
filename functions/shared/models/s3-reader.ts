import type { S3Client } from '@aws-sdk/client-s3';
import { lazily } from '../runtime/lazily.ts';
import type { S3Place } from './place.ts';

/** A model can be answered by the layer meanwhile: rather soon no answer than a late one. */
const CONNECT_MS = 1_000;
const ANSWER_MS = 5_000;

/** An object, or that it is the one that is known already. */
export type Read = 'same' | { readonly text: string; readonly eTag: string };

/** What functions read of a store in S3. Errors are the SDK's: they are logged, and the layer answers. */
export interface StoreReader {
  /** @param known the ETag of what one has */
  read(key: string, known?: string): Promise<Read>;
  range(key: string, first: number, last: number): Promise<Uint8Array>;
  /** Names below a prefix that ends with a slash. */
  folders(prefix: string): Promise<string[]>;
}

export function s3Reader({ bucket: Bucket }: S3Place): StoreReader {
  const open = lazily(async () => {
    const sdk = await import('@aws-sdk/client-s3');
    const local = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
    const client: S3Client = new sdk.S3Client({
      // An endpoint of one's own (a local AWS) has no DNS names for its buckets.
      forcePathStyle: local,
      maxAttempts: 2,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
    });
    return { sdk, client };
  });
  return {
    async read(Key, known) {
      const { sdk, client } = await open();
      const condition = known === undefined ? {} : { IfNoneMatch: known };
      try {
        const { Body, ETag = '' } = await client.send(new sdk.GetObjectCommand({ Bucket, Key, ...condition }));
        return { text: (await Body?.transformToString()) ?? '', eTag: ETag };
      } catch (error) {
        const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
        if ($metadata?.httpStatusCode === 304) return 'same';
        throw error;
      }
    },
    async range(Key, first, last) {
      const { sdk, client } = await open();
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key, Range: `bytes=${first}-${last}` }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    async folders(Prefix) {
      const { sdk, client } = await open();
      const names: string[] = [];
      for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket, Prefix, Delimiter: '/' })) {
        for (const common of page.CommonPrefixes ?? []) names.push(common.Prefix?.slice(Prefix.length, -1) ?? '');
      }
      return names;
    },
  };
}
