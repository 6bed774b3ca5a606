// A process of its own that works on a store until it is killed or done, and says on stdout what it has done. Run by
// kill.e2e.test.ts: saver.ts <store> <label> <count>, where count 0 means for ever.
import { writeSync } from 'node:fs';
import { FolderStore } from '../../../scripts/store/folder-store.ts';
import { sampleContent } from './sample.ts';

/** Synchronous: what is said must be out before the next step, for the kill may come with it. */
const say = (...words: string[]) => writeSync(1, `${words.join(' ')}\n`);

const [root = '', label = '', count = '0'] = process.argv.slice(2);
const store = new FolderStore(root);
const mine: string[] = [];
say('ready');
for (let i = 0; count === '0' || i < Number(count); i++) {
  const { version, digest } = await store.save('gnomes', sampleContent(`${label}-${i}`, 32_768));
  say('saved', version, digest);
  mine.push(version);
  if (count !== '0') {
    await store.save('gnomes', sampleContent(`shared-${i}`));
    continue;
  }
  await store.tag(`gnomes@${version}`, 'staging');
  say('tagged', version);
  const old = i % 3 === 2 ? mine.shift() : undefined;
  if (old === undefined || old === '1') continue;
  say('removing', old);
  await store.remove(`gnomes@${old}`);
}
