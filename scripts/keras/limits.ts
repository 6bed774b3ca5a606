/** Of one model: NASNetLarge has 1,041. */
export const MAX_LAYERS = 20_000;
/** Calls, those within models that are called several times counted each time. */
export const MAX_CALLS = 20_000;
/** Deeper nesting than any real model; a guard for files that nest for its own sake. */
export const MAX_DEPTH = 32;
/** Of one call, or of a model: DenseNet201, which joins the most, joins two at a time; an ensemble some dozens. */
export const MAX_TENSORS = 4096;
/** Deeper than any argument that Keras writes. */
export const MAX_ARGUMENT_DEPTH = 16;
