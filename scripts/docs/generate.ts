import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { manifestSchema } from '@freezeframe/inference';
import * as z from 'zod';
import { commandsPage } from './commands-page.ts';
import { errorsPage } from './errors-page.ts';
import { layersPage } from './layers-page.ts';
import { litePage } from './lite-page.ts';
import { onnxMessages } from './onnx-messages.ts';
import { operationsPage } from './operations-page.ts';
import { deployPage } from './settings-section.ts';

/** A file that is generated, by its path from the project's root, and what it holds. */
export interface Writer {
  readonly file: string;
  readonly text: () => string | Promise<string>;
}

/** Everything that is generated: `npm run generate` writes it, and a test fails while a file is not what its writer says. */
export const WRITERS: readonly Writer[] = [
  { file: 'docs/commands.md', text: commandsPage },
  { file: 'docs/deploy.md', text: deployPage },
  { file: 'docs/errors.md', text: errorsPage },
  { file: 'docs/layers.md', text: layersPage },
  { file: 'docs/manifest.schema.json', text: () => `${JSON.stringify(z.toJSONSchema(manifestSchema), null, 2)}\n` },
  { file: 'docs/operations-keras.md', text: operationsPage },
  { file: 'docs/operations-tflite.md', text: litePage },
  { file: 'scripts/onnx/schema/onnx_pb.ts', text: onnxMessages },
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { file, text } of WRITERS) writeFileSync(new URL(`../../${file}`, import.meta.url), await text());
}
