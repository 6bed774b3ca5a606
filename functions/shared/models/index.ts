export { digestOf, sha256 } from './digest.ts';
export {
  EMPTY_HEAD,
  type Head,
  headSchema,
  keysOf,
  type PinnedTags,
  pinnedTags,
  type TagChange,
  tagChange,
  tagsAt,
  versionsOf,
} from './head.ts';
export { parseS3Place, type S3Place } from './place.ts';
export { writeRanges } from './ranges.ts';
