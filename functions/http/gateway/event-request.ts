import { standInFor } from './stand-in.ts';

/** Of the web's Request, what a router reads of every request; it is answered without making one. */
const OWN = new Set<PropertyKey>(['constructor', 'method', 'url', 'headers', 'arrayBuffer']);

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/**
 * A Request over bytes that are all there. Node's own puts them into a stream and out again: for a picture of 4.3 MB three
 * copies, and 7 ms of garbage collection after them. Here they are handed over as they are; whatever else is asked of a
 * Request (`text`, `formData`, `clone`, ...) is answered by a real one, made then.
 */
class EventRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly #bytes: Uint8Array<ArrayBuffer> | undefined;
  #real: Request | undefined;

  constructor(url: string, method: string, headers: Headers, bytes: Uint8Array<ArrayBuffer> | undefined) {
    // The web's Request refuses TRACE and CONNECT too; here they get to the router, which answers 405.
    if (!TOKEN.test(method)) throw new TypeError(`'${method}' is not a method of a Request`);
    this.url = url;
    this.method = method;
    this.headers = headers;
    this.#bytes = bytes;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    // Once there is a real one, it knows whether its body has been used.
    if (this.#real) return this.#real.arrayBuffer();
    const bytes = this.#bytes ?? new Uint8Array();
    // Small Buffers share one ArrayBuffer. (Not `slice`: a Buffer's own makes another view of the same.)
    return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : new Uint8Array(bytes).buffer;
  }

  /** Made when something is asked that is not answered here. */
  static real(request: EventRequest): Request {
    const { url, method, headers } = request;
    request.#real ??= new Request(url, { method, headers, ...(request.#bytes ? { body: request.#bytes } : {}) });
    return request.#real;
  }
}

standInFor(EventRequest, Request, OWN, EventRequest.real);

/**
 * @param bytes the whole body; left out for none. They must not change afterwards.
 * @throws TypeError for a method that no Request may have.
 */
export function eventRequest(url: URL, method: string, headers: Headers, bytes?: Uint8Array<ArrayBuffer>): Request {
  return new EventRequest(url.href, method, headers, bytes) as unknown as Request;
}
