/**
 * What was given to `freezeframe import`: a file, a folder or a zip, all read the same way. Entries are named with forward
 * slashes, relative, without `.` and `..`.
 */
export interface Source {
  /** As the user wrote it; for messages. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'zip';
  /** Files, sorted by name. A single file is one entry with its own base name. */
  readonly entries: readonly SourceEntry[];
  /**
   * The whole of one entry.
   * @throws ImportError `limit-exceeded` before reading more than `maxBytes`, `file-damaged`, `not-found`
   */
  read(entry: string, maxBytes?: number): Promise<Uint8Array>;
  /** The first bytes of an entry, to recognise it. */
  head(entry: string, bytes: number): Promise<Uint8Array>;
  /** sha256 over names and content, hexadecimal. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

export interface SourceEntry {
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
}
