import { observed } from '../shared/observe/observe.ts';
import { warm } from '../shared/runtime/warm.ts';
import { handleUploads } from './handler.ts';

await warm();

/** SQS messages that tell of new S3 objects: see `handleUploads`. */
export const handler = observed(handleUploads);
