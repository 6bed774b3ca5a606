export { asImportError, checkLimit, ImportError } from './import-error.ts';
export { parseJson, withoutPythonNumbers } from './json.ts';
export {
  MAX_ENTRIES,
  MAX_EXPANSION,
  MAX_FREE_EXPANSION_BYTES,
  MAX_HDF5_ATTRIBUTE_BYTES,
  MAX_HDF5_DEPTH,
  MAX_HDF5_OBJECTS,
  MAX_HDF5_STEPS,
  MAX_JSON_BYTES,
  MAX_TENSOR_BYTES,
  MAX_TENSOR_RANK,
  MAX_UNPACKED_BYTES,
} from './limits.ts';
