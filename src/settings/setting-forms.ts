import { statSync } from 'node:fs';
import { isIP, isIPv4, isIPv6 } from 'node:net';

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

export function isSmtpUrl(text: string): boolean {
  return /^smtps?:\/\/[^/]/.test(text) && URL.canParse(text) && new URL(text).hostname !== '';
}

/** Whether this is an IP address, with or without a port, as resolvers of Node take it. */
export function isDnsServer(text: string): boolean {
  const [, bracketed, dotted, port] = /^(?:\[([\da-f:.]+)\]|([\d.]+)):(\d{1,5})$/i.exec(text) ?? [];
  if (port === undefined) return isIP(text) !== 0 && !text.includes('%');
  return Number(port) >= 1 && Number(port) <= 65_535 && (isIPv6(bracketed ?? '') || isIPv4(dotted ?? ''));
}

export function isRedisUrl(text: string): boolean {
  if (!/^rediss?:\/\/[^/?#\s]+(\/\d{0,4})?$/.test(text) || !URL.canParse(text)) return false;
  const { hostname, username, password } = new URL(text);
  return hostname !== '' && [username, password].every(isDecodable);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether Express accepts this as a trusted proxy: an IP address without a zone, a CIDR range, or "loopback". */
export function isProxy(text: string): boolean {
  const [, address = '', length] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  return text === 'loopback'
    || (version !== 0 && (length === undefined || (Number(length) >= 1 && Number(length) <= (version === 4 ? 32 : 128))));
}
