import type { PictureInput } from '@freezeframe/inference';
import type { QuantizedRows } from '#quantize';

/** A pretrained network that turns pictures into features. */
export interface Backbone {
  /** What is typed after `--backbone`. */
  readonly name: string;
  /** ONNX: uint8 picture -> `features` [batch, ...] and, where `map` is true, `map`. */
  readonly model: Uint8Array;
  /** sha256 of the model and of what is done to pictures: features of another digest are others. */
  readonly digest: string;
  readonly input: PictureInput;
  readonly map: boolean;
  /** Features of pictures that show anything; undefined where none are known. */
  readonly background?: QuantizedRows;
  readonly provenance: Readonly<Record<string, string>>;
}
