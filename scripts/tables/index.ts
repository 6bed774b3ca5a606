export { splitUnit } from './column-name.ts';
export { delimiterOf } from './delimiter.ts';
export { decodeText } from './encoding.ts';
export { openTable, type TableOptions } from './open-table.ts';
export { readNumbers } from './read-numbers.ts';
