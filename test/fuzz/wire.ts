import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { write } from './requests.ts';
import type { FuzzRequest } from './requests.ts';

export interface WireAnswer {
  readonly status: number;
  /** The `code` of a problem, else empty. */
  readonly code: string;
}

const patience = 30_000;

/**
 * Sends requests on one connection, all at once, without waiting for the answers between them.
 *
 * The answers come in the order of the requests; undefined where there was none before the server closed.
 */
export function sendTogether(port: number, requests: readonly FuzzRequest[]): Promise<(WireAnswer | undefined)[]> {
  return exchange(connect({ port, host: '127.0.0.1', noDelay: true }), requests);
}

function exchange(socket: Socket, requests: readonly FuzzRequest[]): Promise<(WireAnswer | undefined)[]> {
  return new Promise((resolve) => {
    const answers: WireAnswer[] = [];
    let text = '';
    const timer = setTimeout(finish, patience);

    function finish(): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(requests.map((_request, index) => answers[index]));
    }

    socket.on('error', () => undefined);
    socket.on('close', finish);
    socket.on('end', finish);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let parsed = readAnswer(text, requests[answers.length]); parsed; parsed = readAnswer(text, requests[answers.length])) {
        text = text.slice(parsed.length);
        answers.push(parsed.answer);
        // Of what the server closes itself, the end is waited for: nothing may follow.
        if (answers.length === requests.length && text === '' && !parsed.isLast) finish();
      }
    });
    socket.write(Buffer.from(requests.map((request) => write(request)).join(''), 'latin1'));
  });
}

/** Reads one whole answer from the start of a text (RFC 9112 section 6.3); null while some of it is missing. */
function readAnswer(text: string, request: FuzzRequest | undefined): { answer: WireAnswer; length: number; isLast: boolean } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  const isLast = /\r\nconnection: close/i.test(head);
  const isEmpty = request?.method === 'HEAD' || status === 204 || status === 304;
  const isChunked = !isEmpty && /\r\ntransfer-encoding: chunked/i.test(head);
  const total = isChunked ? endOfChunks(text, end + 4) : end + 4 + (isEmpty ? 0 : Number(
    /\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0,
  ));
  if (text.length < total) return null;
  const body = text.slice(end + 4, total);
  return { answer: { status, code: /"code":"([a-z-]+)"/.exec(body)?.[1] ?? '' }, length: total, isLast };
}

/** Where a body in chunks ends that starts at `start` (RFC 9112 section 7.1); Infinity while some of it is missing. */
function endOfChunks(text: string, start: number): number {
  for (let at = start; ;) {
    const size = /^([0-9a-f]+)\r\n/i.exec(text.slice(at, at + 20));
    if (!size) return Infinity;
    const [line, digits = ''] = size;
    at += line.length + parseInt(digits, 16) + 2;
    if (digits === '0') return at;
  }
}
