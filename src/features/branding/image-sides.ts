/** Width and height of an image in pixels. */
export type Sides = readonly [width: number, height: number];

/** Width and height in the first chunk of a PNG (PNG, section 11.2.1). The caller has checked that it begins with this chunk. */
export function sidesOfPng(bytes: Buffer): Sides | null {
  return bytes.length >= 24 ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : null;
}

/** The segments that describe a frame (ITU-T T.81, table B.1): C0 to CF, without three that have other meanings. */
const noFrames = [0xc4, 0xc8, 0xcc];

/**
 * Width and height of a JPEG, or null.
 *
 * It reads the segments one after the other, as decoders do (ITU-T T.81, section B.1.1), and refuses what they may read in different
 * ways: fill bytes, and more or less than one frame.
 */
export function sidesOfJpeg(bytes: Buffer): Sides | null {
  let sides: Sides | null = null;
  for (let at = 2; at + 2 <= bytes.length;) {
    const [mark, kind = 0] = bytes.subarray(at, at + 2);
    if (mark === 0xff && (kind === 0xda || kind === 0xd9)) return sides; // the pixels begin, or the file ends
    if (mark !== 0xff || kind < 0xc0 || kind === 0xff || (kind >= 0xd0 && kind <= 0xd8) || at + 9 > bytes.length) return null;
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return null;
    if (kind <= 0xcf && !noFrames.includes(kind)) {
      if (sides) return null;
      sides = [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    }
    at += 2 + length;
  }
  return null;
}
