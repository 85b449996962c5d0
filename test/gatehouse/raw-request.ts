import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers one after the other. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly text: string;
}

/**
 * Sends a request that no HTTP client would make: a request line and headers exactly as given.
 *
 * `Host` and `Connection: close` are added; the answer is all that came until the server closed, at most 5 s.
 */
export function rawRequest(origin: string, requestLine: string, headers: readonly string[] = [], body = ''): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.setTimeout(5_000, () => socket.destroy(new Error(`${requestLine}: no answer in 5 s`)));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    socket.on('end', () => {
      socket.end();
      resolve(parseAnswer(Buffer.concat(chunks).toString('latin1')));
    });
    const connection = headers.some((line) => /^connection:/i.test(line)) ? [] : ['Connection: close'];
    socket.write([requestLine, `Host: ${host}`, ...connection, ...headers, '', body].join('\r\n'), 'latin1');
  });
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { status: Number(statusLine.split(' ')[1]), headers, text: text.slice(end + 4) };
}
