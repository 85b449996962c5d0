/** Who a mail comes from. */
export interface Sender {
  /** Empty: the address alone is shown. */
  readonly name: string;
  readonly address: string;
}

/** No control character, space or sign that means something in a header (RFC 5322 section 3.2.3), and one `@`. */
const plainAddress = /^[^\p{C}\p{Z}<>()[\]\\,;:"@]{1,64}@[^\p{C}\p{Z}<>()[\]\\,;:"@]{1,253}$/u;

const sender = /^(?:(?<name>[^\p{C}<>"\\@,;:]{1,64}) <(?<named>[^<>]+)>|(?<bare>[^<>]+))$/u;

/** Tells whether mail can go to an address as it stands, without quotes that servers read in different ways. */
export function isPlainAddress(text: string): boolean {
  return plainAddress.test(text);
}

/** Reads `address` or `Name <address>`; null for anything else, a list among it. */
export function parseSender(text: string): Sender | null {
  const { name = '', named, bare } = sender.exec(text)?.groups ?? {};
  const address = named ?? bare;
  return address !== undefined && isPlainAddress(address) ? { name: name.trim(), address } : null;
}

/** The first 300 characters of a text, for the log, with no address in full: of each its first character and its domain stay. */
export function maskAddresses(text: string): string {
  return text.slice(0, 300).replace(/([^\s<>@])[^\s<>@]*@/gu, '$1***@');
}
