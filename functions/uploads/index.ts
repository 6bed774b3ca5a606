import { warm } from '../shared/warm.ts';
import { handleUploads } from './handler.ts';

await warm();

/** SQS messages that carry S3 notifications: see `handleUploads`. */
export const handler = handleUploads;
