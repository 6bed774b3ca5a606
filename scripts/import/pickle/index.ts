export { pickleReader } from './pickle-reader.ts';
export { unpickle } from './unpickle.ts';
