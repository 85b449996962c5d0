import { createHash } from 'node:crypto';
import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';

/** A logo as it is served. */
export interface Logo {
  readonly contentType: 'image/png' | 'image/jpeg';
  readonly bytes: Buffer;
  /** SHA-256 in hex, which is also its URL. */
  readonly digest: string;
}

export const logoLimits = { bytes: 50 * 1_024, pixels: 1_024 };

/** The first and the last bytes of a file. Bytes behind the end could be a file of another type. */
const forms = [
  { contentType: 'image/png', begin: '89504e470d0a1a0a', end: '49454e44ae426082', reader: PNG },
  { contentType: 'image/jpeg', begin: 'ffd8ff', end: 'ffd9', reader: JPG },
] as const;

/** Reads a logo from base64. Answers why it cannot be used, as the rest of a sentence, or the logo. */
export function readLogo(text: string): Logo | string {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return 'must be the base64 of a PNG or JPEG file, or the digest of the stored logo';
  if (bytes.length > logoLimits.bytes) return `must have at most ${logoLimits.bytes / 1_024} kB`;
  const hex = bytes.toString('hex');
  const form = forms.find(({ begin, end }) => hex.startsWith(begin) && hex.endsWith(end));
  if (!form) return 'must be a whole PNG or JPEG file, without anything behind it';
  const sides = sidesOf(bytes, form.reader);
  if (!sides.every((side) => side >= 1 && side <= logoLimits.pixels)) return `must have 1 to ${logoLimits.pixels} pixels on each side`;
  return { contentType: form.contentType, bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** Width and height, from the header of the file; none if it has no such header. */
function sidesOf(bytes: Buffer, reader: typeof PNG): readonly number[] {
  try {
    const { width, height } = reader.calculate(bytes);
    return reader.validate(bytes) ? [width, height] : [0];
  } catch {
    return [0];
  }
}
