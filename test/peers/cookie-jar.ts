interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly isSecure: boolean;
  /** In ms since 1970. */
  readonly expiresAt: number;
}

/** Keeps cookies as a browser does: by host without port, by path and by time (RFC 6265). No cookie here names a domain. */
export function createCookieJar() {
  const cookies = new Map<string, Cookie>();
  return {
    /** The `Cookie` header for a URL, longer paths first; no header without cookies. */
    header(url: string): { readonly cookie?: string } {
      const target = new URL(url);
      const cookie = [...cookies.values()].filter((cookie) => goesTo(cookie, target))
        .sort((one, other) => other.path.length - one.path.length)
        .map(({ name, value }) => `${name}=${value}`).join('; ');
      return cookie === '' ? {} : { cookie };
    },
    /** Keeps what an answer to this URL set. */
    store(url: string, lines: readonly string[]): void {
      for (const line of lines) {
        const cookie = readCookie(line, new URL(url));
        const key = [cookie.host, cookie.path, cookie.name].join('|');
        if (cookie.expiresAt > Date.now()) cookies.set(key, cookie);
        else cookies.delete(key);
      }
    },
    clear: () => cookies.clear(),
  };
}

function goesTo(cookie: Cookie, { hostname, pathname, protocol }: URL): boolean {
  const isBelow = pathname === cookie.path || pathname.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`);
  // Browsers trust this machine like https.
  const isSafe = protocol === 'https:' || hostname === '127.0.0.1' || hostname === 'localhost';
  return cookie.host === hostname && isBelow && (isSafe || !cookie.isSecure) && cookie.expiresAt > Date.now();
}

function readCookie(line: string, { hostname, pathname }: URL): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const said = new Map(attributes.map((attribute) => {
    const [name = '', ...rest] = attribute.split('=');
    return [name.toLowerCase(), rest.join('=')];
  }));
  const [maxAge, expires, path] = [said.get('max-age'), said.get('expires'), said.get('path')];
  const at = pair.indexOf('=');
  return {
    name: pair.slice(0, at), value: pair.slice(at + 1), host: hostname,
    path: path?.startsWith('/') === true ? path : pathname.slice(0, Math.max(1, pathname.lastIndexOf('/'))),
    isSecure: said.has('secure'),
    expiresAt: maxAge !== undefined ? Date.now() + Number(maxAge) * 1_000 : expires !== undefined ? Date.parse(expires) : Infinity,
  };
}
