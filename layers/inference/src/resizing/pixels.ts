/** Pixels row by row, a byte for grey or three for colour each; a second or fourth is how opaque it is. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}
