import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FreezeframeError } from '@freezeframe/inference';

export type MnistName = 'train-images' | 'train-labels' | 'test-images' | 'test-labels';

export interface MnistFile {
  name: MnistName;
  /** As distributed, without `.gz`. */
  file: string;
  /** Of the uncompressed file: mirrors may compress it each in their own way, the content is one. */
  sha256: string;
  bytes: number;
}

export const MNIST_FILES: readonly MnistFile[] = [
  {
    name: 'train-images',
    file: 'train-images-idx3-ubyte',
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    bytes: 47_040_016,
  },
  {
    name: 'train-labels',
    file: 'train-labels-idx1-ubyte',
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    bytes: 60_008,
  },
  {
    name: 'test-images',
    file: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    bytes: 7_840_016,
  },
  {
    name: 'test-labels',
    file: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    bytes: 10_008,
  },
];

const inflate = promisify(gunzip);

/** @param limit the most bytes it may unpack to. @throws FreezeframeError `mnist-damaged` */
export async function unpack(packed: Uint8Array, name: string, limit: number): Promise<Uint8Array> {
  try {
    return await inflate(packed, { maxOutputLength: limit });
  } catch (cause) {
    throw damaged(name, 'is no complete gzip file', cause);
  }
}

/** @throws FreezeframeError `mnist-damaged` unless these are the canonical bytes. */
export function checkContent({ file, sha256, bytes }: Omit<MnistFile, 'name'>, content: Uint8Array): void {
  if (content.length !== bytes) throw damaged(file, `has ${content.length} bytes instead of ${bytes}`);
  const found = createHash('sha256').update(content).digest('hex');
  if (found !== sha256) throw damaged(file, `has the sha256 ${found} instead of ${sha256}`);
}

function damaged(name: string, what: string, cause?: unknown): FreezeframeError {
  return new FreezeframeError('mnist-damaged', `${name} ${what}`, {
    cause,
    remedy: 'Delete the file; it is then downloaded again. A file of MNIST_DIR must be replaced by an intact one.',
    details: { file: name },
  });
}
