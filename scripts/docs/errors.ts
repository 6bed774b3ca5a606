import { writeFileSync } from 'node:fs';
import { errorsPage } from './errors-page.ts';

// Writes docs/errors.md. A test fails while the file is not what this writes.
writeFileSync(new URL('../../docs/errors.md', import.meta.url), errorsPage());
