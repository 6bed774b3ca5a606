import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import type { Sdk } from './objects.ts';

/** S3 takes parts of 5 MiB to 5 GiB, and 10,000 of them. */
const PART = 16 * 1024 * 1024;
const MAX_PARTS = 10_000;
const PARALLEL = 4;

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Writes a new object: small ones in one piece, others in parts of which several are under way. Nobody sees any of it before
 * the last is there. What fails is given up at S3; what is killed is left for `Objects.abortUploads`.
 */
export async function upload(sdk: Sdk, client: S3Client, target: Target, body: Uint8Array): Promise<void> {
  if (body.byteLength <= PART) {
    await client.send(new sdk.PutObjectCommand({ ...target, Body: body }));
    return;
  }
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(target));
  try {
    const Parts = await uploadParts(sdk, client, { ...target, UploadId }, body);
    await client.send(new sdk.CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new sdk.AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
    throw error;
  }
}

async function uploadParts(
  sdk: Sdk,
  client: S3Client,
  target: Target & { UploadId: string | undefined },
  body: Uint8Array,
): Promise<CompletedPart[]> {
  const part = Math.max(PART, Math.ceil(body.byteLength / MAX_PARTS));
  const parts: CompletedPart[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index * part < body.byteLength; index = next++) {
      const PartNumber = index + 1;
      const Body = body.subarray(index * part, (index + 1) * part);
      const { ETag, ChecksumCRC32 } = await client.send(new sdk.UploadPartCommand({ ...target, PartNumber, Body }));
      parts[index] = { PartNumber, ETag, ChecksumCRC32 };
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: PARALLEL }, work));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return parts;
}
