/** Where a directory listens. */
export interface DirectoryAddress {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether the connection begins with TLS. */
  readonly isSecure: boolean;
}

const written = /^(?<scheme>ldaps?):\/\/(?:(?<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)|\[(?<ipv6>[0-9a-f:.]+)\])(?::(?<port>[1-9]\d{0,4}))?\/?$/;

/** Reads `ldaps://host:port` or `ldap://host:port`; undefined for any other text, such as one with a path, a query or a user. */
export function directoryAddressOf(url: string): DirectoryAddress | undefined {
  const { scheme, name, ipv6, port } = written.exec(url)?.groups ?? {};
  const host = name ?? ipv6;
  const isSecure = scheme === 'ldaps';
  const number = port === undefined ? (isSecure ? 636 : 389) : Number(port);
  return host === undefined || number > 65_535 ? undefined : { host, port: number, isSecure };
}
