/** When requests arrive. */
export interface Arrivals {
  /** For people. */
  readonly says: string;
  /** Seconds that are looked at. */
  readonly span: number;
  /** Seconds since the beginning, none below the one before. */
  readonly times: Float64Array;
}
