export { pickleReader } from '../formats/pickle/pickle-reader.ts';
export { unpickle } from './unpickle.ts';
