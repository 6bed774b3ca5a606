import { writeFileSync } from 'node:fs';
import { layersPage } from './layers-page.ts';

// Writes docs/layers.md. A test fails while the file is not what this writes.
writeFileSync(new URL('../../docs/layers.md', import.meta.url), layersPage());
