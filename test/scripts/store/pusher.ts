// A process of its own that saves one model of 24 MiB, which S3 takes in parts: pusher.ts <store> <seed>
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openStore } from '../../../scripts/store/places.ts';
import { sampleDraft } from './sample.ts';

const [place, seed = ''] = process.argv.slice(2);
const store = openStore(place);
const model = randomBytes(24 * 1024 * 1024);
writeSync(1, 'began\n');
const { version } = await store.save('gnomes', { manifest: sampleDraft({ metrics: { seed } }), model });
writeSync(1, `saved ${version}\n`);
