/** A part of a message in BER: its tag, where it begins, and where its content begins and ends. */
interface Element {
  readonly tag: number;
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** A message that the library can read safely. */
export interface SafeMessage {
  readonly bytes: Buffer;
  /** The result code, if it ends a search. */
  readonly searchResult?: number;
}

const [octets, list, set, integer, enumerated] = [0x04, 0x30, 0x31, 0x02, 0x0a];
const [searchEntry, searchReference, searchDone] = [0x64, 0x73, 0x65];
/** Answers to a bind, a search and an extended request. */
const results: readonly number[] = [0x61, searchDone, 0x78];

/**
 * The length of the message that begins here (RFC 4511 section 5.1); undefined if its header is not complete. Throws if none can begin
 * here.
 */
export function messageLength(bytes: Buffer): number | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return undefined;
  if (tag !== list) throw malformed();
  const more = first < 0x80 ? 0 : first & 0x7f;
  return bytes.length < 2 + more ? undefined : elementAt(bytes, 0, Infinity).end;
}

/**
 * Checks one whole message of a directory, before the library reads it. Throws for one that is not formed as RFC 4511 says.
 *
 * The library has loops that never end if a length points behind its message. Of results, nothing but the code is kept: the text, the
 * referrals and the controls of a directory are of no use here.
 */
export function safeMessage(bytes: Buffer): SafeMessage {
  const [id, operation] = childrenOf(bytes, elementAt(bytes, 0, bytes.length), [integer]);
  if (!id || !operation || id.end - id.start > 4) throw malformed();
  if (results.includes(operation.tag)) {
    const [code] = childrenOf(bytes, operation, [enumerated, octets, octets]);
    if (!code || code.end !== code.start + 1) throw malformed();
    const result = bytes.readUInt8(code.start);
    const answer = Buffer.from([operation.tag, 7, enumerated, 1, result, octets, 0, octets, 0]);
    return { bytes: messageOf(bytes.subarray(id.at, id.end), answer), ...(operation.tag === searchDone && { searchResult: result }) };
  }
  if (operation.tag === searchEntry) requireEntry(bytes, operation);
  else if (operation.tag === searchReference) requireAll(bytes, operation, octets);
  else throw malformed();
  return { bytes: messageOf(bytes.subarray(id.at, id.end), bytes.subarray(operation.at, operation.end)) };
}

/** A name, and a list of attributes, each with a set of values. */
function requireEntry(bytes: Buffer, entry: Element): void {
  const [, attributes, ...others] = childrenOf(bytes, entry, [octets, list]);
  if (!attributes || others.length > 0) throw malformed();
  for (const attribute of requireAll(bytes, attributes, list)) {
    const [, values, ...more] = childrenOf(bytes, attribute, [octets, set]);
    if (!values || more.length > 0) throw malformed();
    requireAll(bytes, values, octets);
  }
}

function requireAll(bytes: Buffer, parent: Element, tag: number): readonly Element[] {
  const children = childrenOf(bytes, parent, []);
  if (children.some((child) => child.tag !== tag)) throw malformed();
  return children;
}

/** The parts of an element, of which the first ones have these tags. */
function childrenOf(bytes: Buffer, { start, end }: Element, tags: readonly number[]): readonly Element[] {
  const children: Element[] = [];
  for (let offset = start; offset < end;) {
    const child = elementAt(bytes, offset, end);
    children.push(child);
    offset = child.end;
  }
  if (tags.some((tag, index) => children[index]?.tag !== tag)) throw malformed();
  return children;
}

function elementAt(bytes: Buffer, offset: number, end: number): Element {
  const [tag, first] = [bytes[offset], bytes[offset + 1]];
  if (tag === undefined || first === undefined || first === 0x80 || first > 0x84) throw malformed();
  const more = first < 0x80 ? 0 : first & 0x7f;
  const start = offset + 2 + more;
  if (start > Math.min(end, bytes.length)) throw malformed();
  const contentEnd = start + (more === 0 ? first : bytes.readUIntBE(offset + 2, more));
  if (contentEnd > end) throw malformed();
  return { tag, at: offset, start, end: contentEnd };
}

function messageOf(...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const header = Buffer.from([list, 0x84, 0, 0, 0, 0]);
  header.writeUInt32BE(content.length, 2);
  return Buffer.concat([header, content]);
}

function malformed(): Error {
  return new TypeError('This is no message of a directory.');
}
