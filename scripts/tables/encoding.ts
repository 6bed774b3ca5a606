import { expected, FreezeframeError } from '@freezeframe/inference';

/** By its byte order mark; a text without one is UTF-8. */
export function encodingOf(start: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const [first, second, third] = start;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined;
}

/**
 * A decoder that takes no other bytes for a letter. A byte order mark tells more than what the user says.
 * @param wanted any name that the Encoding Standard knows: https://encoding.spec.whatwg.org/#names-and-labels
 * @throws FreezeframeError `used-wrongly`
 */
export function decoderFor(start: Uint8Array, wanted = 'utf-8'): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encodingOf(start) ?? wanted, { fatal: true });
  } catch (cause) {
    throw new FreezeframeError('used-wrongly', expected('the name of an encoding', '--encoding', wanted), {
      cause,
      remedy: 'For example utf-8, windows-1252, windows-1250, shift_jis.',
    });
  }
}

/** A text as a whole. @throws TypeError for bytes that are no text in UTF-8 or, with a mark, UTF-16. */
export function decodeText(bytes: Uint8Array): string {
  return decoderFor(bytes).decode(bytes);
}
