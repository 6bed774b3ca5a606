const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** How much of a file from outside is read. Each limit is well above what real models need and below what hurts a machine. */

/** Files in a folder or an archive: a sharded model of a hundred billion weights has hundreds. */
export const MAX_ENTRIES = 10_000;
/** All files of one source together, unpacked: NASNetLarge, the largest of keras.applications, takes 0.4 GiB. */
export const MAX_UNPACKED_BYTES = 4 * GIB;
/** How far data may expand, above the bytes below: deflate gets 1,032:1 out of zeros, and 1.1:1 out of trained weights. */
export const MAX_EXPANSION = 200;
/** Small data may be as regular as it likes. */
export const MAX_FREE_EXPANSION_BYTES = 10 * MIB;
/** Deeper JSON than any config: a level of nested models costs seven. */
export const MAX_JSON_DEPTH = 200;
/** The config of NASNetLarge, 1,041 layers, is 0.6 MiB. */
export const MAX_JSON_BYTES = 64 * MIB;
/** Groups and datasets: two or three for each layer, twice more for an optimizer. */
export const MAX_HDF5_OBJECTS = 100_000;
/** Layers within models within models, each some groups deep; models nested twice need ten. */
export const MAX_HDF5_DEPTH = 64;
/**
 * Looking at a link takes time with the square of its depth: 2 us each. As many objects as are allowed at depth six, or
 * seven seconds.
 */
export const MAX_HDF5_STEPS = 4_000_000;
/** Config and names stand in attributes. */
export const MAX_HDF5_ATTRIBUTE_BYTES = 64 * MIB;
/** ONNX, being protobuf, holds no more than 2 GiB in one file. */
export const MAX_TENSOR_BYTES = 2 * GIB;
/** Far above the rank of any weight (a Conv3D kernel has 5 axes); HDF5's own limit is 32. */
export const MAX_TENSOR_RANK = 16;
