import { describe, expect, it } from 'vitest';
import { readObject } from '../../../functions/shared/s3.ts';
import { useS3 } from '../s3-stub.ts';

describe('readObject', () => {
  const { objects } = useS3();

  it.each([
    [404, 'NoSuchKey', 'object-absent'],
    [404, 'NoSuchVersion', 'object-absent'],
    [405, 'MethodNotAllowed', 'object-absent'],
    [400, 'InvalidArgument', 'object-absent'],
    [400, 'KeyTooLongError', 'object-absent'],
    [400, 'InvalidBucketName', 'object-absent'],
    [403, 'AccessDenied', 'object-denied'],
    [403, 'InvalidObjectState', 'object-denied'],
    [400, 'InvalidRequest', 'object-denied'],
    [412, 'PreconditionFailed', 'object-overtaken'],
  ])('takes %i %s for an answer about the picture', async (status, code, said) => {
    objects.set('photos/a.jpg', { status, code });
    await expect(readObject({ bucket: 'photos', key: 'a.jpg' })).rejects.toMatchObject({ code: said });
  });

  it.each([
    { bucket: 'photos/2024', key: 'a.jpg' },
    { bucket: 'photos', key: 'half a letter \ud800.jpg' },
    { bucket: 'photos', key: 'a.jpg', versionId: '\ud800' },
  ])('takes a name that the SDK sends nothing for as absent: %j', async (object) => {
    await expect(readObject(object)).rejects.toMatchObject({ code: 'object-absent' });
  });

  it.each([
    [403, 'RequestTimeTooSkewed'],
    [403, 'InvalidAccessKeyId'],
    [403, 'SignatureDoesNotMatch'],
    [400, 'ExpiredToken'],
    [400, 'KMS.DisabledException'],
    [503, 'SlowDown'],
  ])('leaves %i %s to be tried again: nothing is wrong with the picture', async (status, code) => {
    objects.set('photos/a.jpg', { status, code });
    const error = await readObject({ bucket: 'photos', key: 'a.jpg' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: code });
  });
});
