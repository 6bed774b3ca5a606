import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readObject } from '../../../functions/shared/s3.ts';
import { useS3 } from '../s3-stub.ts';

/** Every making of an AWS client in a folder's sources: `file: new S3Client({...})`. */
async function clientsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.startsWith('bench'));
  const found = sources.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    const made = text.matchAll(/new (?:sdk\.)?(?:\w+Client|DynamoDBPersistenceLayer)\([^;]*/g);
    return [...made].map(([client]) => `${name}: ${client}`);
  });
  return (await Promise.all(found)).flat();
}

describe('patience with AWS', () => {
  const { objects } = useS3();

  it('ends, where an object stops in its middle', { timeout: 15_000 }, async () => {
    objects.set('photos/half.jpg', { length: 1_000_000 });
    await expect(readObject({ bucket: 'photos', key: 'half.jpg' })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each(['functions', 'scripts'])('is every client’s in %s', async (folder) => {
    const clients = await clientsIn(folder);
    expect(clients.length).toBeGreaterThan(5);
    // What asks nobody but the files of this machine.
    const others = clients.filter((client) => !client.includes('STSClient({})'));
    expect(others.filter((client) => !/requestHandler|clientOptions\(|\(options\)/.test(client))).toEqual([]);
  });

  it('is not what the SDK only warns of', async () => {
    const folders = await Promise.all(['functions', 'scripts/stack', 'scripts/store', 'scripts/doctor'].map(textsOf));
    expect(folders.flat().filter((text) => /requestTimeout:/.test(text))).toEqual([]);
  });
});

async function textsOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}
