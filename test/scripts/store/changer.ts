// A process of its own that makes one change of each kind to a store, for crash.e2e.test.ts: changer.ts <store>
import { writeSync } from 'node:fs';
import { FolderStore } from '../../../scripts/store/folder-store.ts';
import { sampleContent } from './sample.ts';

const say = (...words: string[]) => writeSync(1, `${words.join(' ')}\n`);

const store = new FolderStore(process.argv[2] ?? '');
const { version } = await store.save('gnomes', sampleContent('new'));
say('saved', version);
await store.tag(`gnomes@${version}`, 'production');
say('tagged');
say('removing');
await store.remove('gnomes@1');
say('removed');
