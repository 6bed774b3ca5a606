import { describe, expect, it } from 'vitest';
import { OBJECT_URL, objectOf } from '../../../../functions/http/body/object-url.ts';

const ALLOWED = 'pictures, my.bucket';
const read = (url: string) => objectOf(url, ALLOWED);

describe('objectOf', () => {
  it.each([
    ['s3://pictures/a/b.jpg', { bucket: 'pictures', key: 'a/b.jpg' }],
    ['s3://pictures/a b+%20?.jpg', { bucket: 'pictures', key: 'a b+%20?.jpg' }],
    ['s3://pictures/photo #1.jpg', { bucket: 'pictures', key: 'photo #1.jpg' }],
    ['https://pictures.s3.amazonaws.com/a%20b%2B.jpg', { bucket: 'pictures', key: 'a b+.jpg' }],
    ['https://pictures.s3.eu-central-1.amazonaws.com/a.jpg', { bucket: 'pictures', key: 'a.jpg' }],
    ['https://my.bucket.s3.eu-central-1.amazonaws.com/a.jpg', { bucket: 'my.bucket', key: 'a.jpg' }],
    ['https://pictures.s3.dualstack.us-east-1.amazonaws.com/a.jpg', { bucket: 'pictures', key: 'a.jpg' }],
    ['https://s3.us-east-1.amazonaws.com/pictures/a/b.jpg', { bucket: 'pictures', key: 'a/b.jpg' }],
    ['https://s3.amazonaws.com/pictures/a.jpg?versionId=v1', { bucket: 'pictures', key: 'a.jpg', versionId: 'v1' }],
    ['https://pictures.s3.cn-north-1.amazonaws.com.cn/a', { bucket: 'pictures', key: 'a' }],
  ])('reads %s', (url, object) => {
    expect(read(url)).toEqual(object);
    expect(url).toMatch(new RegExp(OBJECT_URL));
  });

  it.each([
    'http://pictures.s3.amazonaws.com/a.jpg',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/pictures/a',
    'file:///etc/passwd',
    'https://pictures.s3.amazonaws.com.evil.example/a',
    'https://evil.example/pictures.s3.amazonaws.com/a',
    'https://user@pictures.s3.amazonaws.com/a',
    'https://pictures.s3.amazonaws.com:8080/a',
    'https://pictures.s3.amazonaws.com@evil.example/a',
    'https://pictures.s3.amazonaws.com\\@evil.example/a',
    'https://evil.example#.s3.amazonaws.com/a',
    'https://pictures.s3-website.amazonaws.com.evil/a',
    'https://pictures.s3.amazonaws.com/a%zz',
    's3://pictures/',
    's3://Pictures/a',
    's3:///a',
    '',
  ])('refuses %s', (url) => {
    expect(() => read(url)).toThrowError(expect.objectContaining({ code: 'request-invalid' }));
  });

  it('reads no bucket that is not listed, and none at all where there is no list', () => {
    const refused = expect.objectContaining({ code: 'bucket-not-allowed' });
    expect(() => read('s3://others/a')).toThrowError(refused);
    expect(() => read('s3://picture/a')).toThrowError(refused);
    expect(() => objectOf('s3://pictures/a', '')).toThrowError(refused);
  });
});
