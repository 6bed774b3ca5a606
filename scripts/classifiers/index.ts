export { refused, type Said } from './ask.ts';
export { classifyAll, FEW } from './classify-all.ts';
export { readNamed, readPicture } from './read-picture.ts';
