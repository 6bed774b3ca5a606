export { decodeText } from './encoding.ts';
export { openTable } from './open-table.ts';
export { readNumbers } from './read-numbers.ts';
