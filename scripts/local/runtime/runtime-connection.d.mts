/** See `runtime-connection.mjs`, which is plain JavaScript because it runs in the functions' processes. */
export interface Connection {
  /** An exchange is under way. */
  readonly busy: boolean;
  /** The body is overwritten by the next exchange. */
  exchange(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array,
  ): Promise<{ status: number; headers: Record<string, string>; body: Buffer }>;
  /** Ends the connection; `lost` is called once it is closed. */
  close(): void;
}

export function openConnection(address: string, lost: () => void): Connection;
