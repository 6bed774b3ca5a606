import { writeFileSync } from 'node:fs';
import { manifestJsonSchema } from '@freezeframe/inference';

// Writes docs/manifest.schema.json. A test fails while the file is not what this writes.
const file = new URL('../../docs/manifest.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
