import { createHash } from 'node:crypto';
import { sidesOfJpeg, sidesOfPng } from './image-sides.ts';

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
  { contentType: 'image/png', begin: '89504e470d0a1a0a0000000d49484452', end: '49454e44ae426082', sidesOf: sidesOfPng },
  { contentType: 'image/jpeg', begin: 'ffd8ff', end: 'ffd9', sidesOf: sidesOfJpeg },
] as const;

/** Reads a logo from base64. Answers why it cannot be used, as the rest of a sentence, or the logo. */
export function readLogo(text: string): Logo | string {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return 'must be the base64 of a PNG or JPEG file, or the digest of the stored logo';
  if (bytes.length > logoLimits.bytes) return `must have at most ${logoLimits.bytes / 1_024} kB`;
  const hex = bytes.toString('hex');
  const form = forms.find(({ begin, end }) => hex.startsWith(begin) && hex.endsWith(end));
  if (!form) return 'must be a whole PNG or JPEG file, without anything behind it';
  const sides = form.sidesOf(bytes);
  if (!sides?.every((side) => side >= 1 && side <= logoLimits.pixels)) return `must have 1 to ${logoLimits.pixels} pixels on each side`;
  return { contentType: form.contentType, bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}
