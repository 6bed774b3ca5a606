/** How a datatype and a dataspace are described, for datasets and attributes alike. */
export interface Metadata {
  readonly type: number;
  /** Bytes of one element. */
  readonly size: number;
  readonly signed: boolean;
  /** Strings of variable length: elements are addresses. */
  readonly vlen: boolean;
  readonly shape: readonly number[] | null;
  readonly total_size: number;
  readonly chunks: readonly number[] | null;
  readonly virtual_sources?: readonly unknown[];
  readonly enum_type?: { readonly type: number };
}

/** HDF5's datatype classes, by their number in the format. */
export const DATATYPE = { integer: 0, float: 1, string: 3, opaque: 5, enumeration: 8 } as const;

/** What is used of the HDF5 library, compiled to WebAssembly: h5wasm's bindings below its own classes. */
export interface Hdf5Library {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly FS: {
    writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
    unlink(path: string): void;
    readdir(path: string): string[];
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  open(path: string, mode: number): bigint;
  close_file(file: bigint): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_type(file: bigint, path: string): number;
  get_symbolic_link(file: bigint, path: string): string | null;
  get_external_link(file: bigint, path: string): { filename?: string };
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Metadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: bigint, path: string): Metadata;
  get_dataset_filters(file: bigint, path: string): { id: number }[];
  get_dataset_data(file: bigint, path: string, count: null, offset: null, strides: null, pointer: bigint): number;
  reclaim_vlen_memory(file: bigint, path: string, attribute: string, pointer: bigint): number;
}
