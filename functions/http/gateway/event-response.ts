import { standInFor } from './stand-in.ts';

const Real = globalThis.Response;

/** What is answered without making a real Response. */
const OWN = new Set<PropertyKey>(['constructor', 'status', 'ok', 'headers']);

/**
 * A Response whose body is text that is all there. Node's own puts it into a stream and out again, and each middleware that
 * sets a header afterwards once more: 0.25 ms of a warm answer. Here it is handed over as it is; whatever else is asked of a
 * Response (`json`, `body`, `clone`, ...), and any other body, is answered by a real one, made then.
 */
class EventResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly #body: string | null;
  readonly #statusText: string | undefined;
  #real: Response | undefined;

  constructor(body: ConstructorParameters<typeof Response>[0] = null, init: ResponseInit = {}) {
    const { status = 200, statusText, headers } = init;
    this.#body = typeof body === 'string' ? body : null;
    this.#statusText = statusText;
    if (body === this.#body && isPlain(status, this.#body)) {
      this.status = status;
      this.headers = new Headers(headers);
      if (this.#body !== null && !this.headers.has('content-type')) this.headers.set('content-type', TEXT);
      return;
    }
    this.#real = new Real(body, init);
    this.status = this.#real.status;
    this.headers = this.#real.headers;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** Made when something is asked that is not answered here. */
  static real(response: EventResponse): Response {
    const { status, headers } = response;
    const statusText = response.#statusText;
    response.#real ??= new Real(response.#body, {
      status,
      headers,
      ...(statusText === undefined ? {} : { statusText }),
    });
    return response.#real;
  }

  /** The body, where it is text and nobody has asked for it in another way; null for none. */
  static text(response: EventResponse): string | null | undefined {
    return response.#real ? undefined : response.#body;
  }
}

const TEXT = 'text/plain;charset=UTF-8';

/** A real one refuses other statuses, and a body with some of these. */
function isPlain(status: number, body: string | null): boolean {
  return (
    Number.isInteger(status) && status >= 200 && status <= 599 && (body === null || ![204, 205, 304].includes(status))
  );
}

standInFor(EventResponse, Real, OWN, EventResponse.real);

/** Makes this process's responses such ones. Hono makes its own by the global name, as its adapter for Node expects too. */
export function useEventResponses(): void {
  globalThis.Response = EventResponse as unknown as typeof Response;
}

/** The text of a response (null: no body) where there is no need to read it; undefined where there is. */
export function knownText(response: Response): string | null | undefined {
  return response instanceof EventResponse ? EventResponse.text(response) : undefined;
}
