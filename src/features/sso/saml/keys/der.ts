/** A value in the Distinguished Encoding Rules (ITU-T X.690). */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

/** The tags that certificates use. */
export const tags = {
  boolean: 0x01, integer: 0x02, bits: 0x03, bytes: 0x04, null: 0x05, object: 0x06, text: 0x0c, utcTime: 0x17, time: 0x18,
  sequence: 0x30, set: 0x31,
  /** The member of this number of a structure. */
  member: (number: number) => 0xa0 + number,
} as const;

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes]);
}

/** An object identifier in its dotted form, whose parts are below 2^28. */
export function derObject(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(tags.object, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift(0x80 + (rest & 0x7f));
  return digits;
}

/** A time to the second. Years from 2050 on need the longer form (RFC 5280 section 4.1.2.5). */
export function derTime(at: Date): Buffer {
  const text = `${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2_050 ? der(tags.utcTime, Buffer.from(text.slice(2))) : der(tags.time, Buffer.from(text));
}
