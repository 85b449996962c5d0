import type { Mismatch } from '../../checks.ts';

export type ReadBytes = { readonly bytes: Buffer } | { readonly mismatch: Mismatch };

/** Reads base64 of at most this many characters, in its one plain spelling (RFC 4648 section 4), except that lines may be broken. */
export function readBase64(sent: string, maxLength: number): ReadBytes {
  if (sent.length > maxLength) return { mismatch: { expected: `at most ${maxLength} characters`, received: `${sent.length}` } };
  const text = sent.replaceAll(/[\r\n\t ]+/g, '');
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? { bytes } : { mismatch: { expected: 'base64', received: 'other text' } };
}

/** Text in UTF-8; null if the bytes are no UTF-8. */
export function readUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
