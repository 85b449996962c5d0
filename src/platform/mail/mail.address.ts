/** The sender of a mail. */
export interface Sender {
  /** May be empty: then only the address is shown. */
  readonly name: string;
  readonly address: string;
}

/** One `@`, and no control character, no space and no character with a meaning in a header (RFC 5322 section 3.2.3). */
const plainAddress = /^[^\p{C}\p{Z}<>()[\]\\,;:"@]{1,64}@[^\p{C}\p{Z}<>()[\]\\,;:"@]{1,253}$/u;

const sender = /^(?:(?<name>[^\p{C}<>"\\@,;:]{1,64}) <(?<named>[^<>]+)>|(?<bare>[^<>]+))$/u;

/** Control characters, line ends, and characters that are not drawn. */
const invisible = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Mail programs show these as links. */
const linkLike = /[@\\]|:\/\/|\.[\p{L}\p{N}-]+\/|(?:^|[^\p{L}\p{N}])www\.|mailto:/iu;

/** Says whether an address can be used as it is, without quotes, which servers read in different ways. */
export function isPlainAddress(text: string): boolean {
  return plainAddress.test(text);
}

/**
 * Whether a text is a name that people may see in headers of mails and in pages: one line of 1 to 64 characters with a letter or
 * digit, without control and invisible characters, and without an address or the form of a link. A bare domain such as `Booking.com` is
 * allowed, because companies have such names.
 */
export function isDisplayName(text: string): boolean {
  return /^.{1,64}$/su.test(text) && !invisible.test(text) && /[\p{L}\p{N}]/u.test(text) && text.trim() === text && !linkLike.test(text);
}

/** Reads `address` or `Name <address>`; null for anything else, such as a list. */
export function parseSender(text: string): Sender | null {
  const { name = '', named, bare } = sender.exec(text)?.groups ?? {};
  const address = named ?? bare;
  return address !== undefined && isPlainAddress(address) ? { name: name.trim(), address } : null;
}

/** The first 300 characters of a text, for the log. Of each address, only the first character and the domain stay. */
export function maskAddresses(text: string): string {
  return text.slice(0, 300).replace(/([^\s<>@])[^\s<>@]*@/gu, '$1***@');
}
