import { createSocket } from 'node:dgram';
import { closeLater } from '../../scripts/test-run/closing.ts';

/** A DNS server on 127.0.0.1 that knows TXT records alone. */
export interface DnsServer {
  /** For the setting DNS_SERVERS. */
  readonly address: string;
  /** How many questions it got. */
  readonly asked: () => number;
  /** Publishes these texts under a name; no text removes the name. A text may have several parts. */
  publish(name: string, ...texts: readonly (string | readonly string[])[]): void;
  /** Answers every question with SERVFAIL, as a server does whose own source is away. */
  fail(isFailing: boolean): void;
}

const codes = { noError: 0, serverFailure: 2, noSuchName: 3 };
const [txt, internet] = [16, 1];

/** Starts a DNS server, which ends when the test, the describe or the file is over. */
export async function startDnsServer(): Promise<DnsServer> {
  const records = new Map<string, readonly (readonly string[])[]>();
  let [asked, isFailing] = [0, false];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    asked += 1;
    const { name, end } = readName(query);
    const texts = isFailing ? undefined : records.get(name.toLowerCase());
    const code = isFailing ? codes.serverFailure : texts ? codes.noError : codes.noSuchName;
    const answers = query.readUInt16BE(end) === txt ? texts ?? [] : [];
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180 | code, 2); // an answer, of a server that resolves recursively
    for (const [at, count] of [[4, 1], [6, answers.length], [8, 0], [10, 0]] as const) header.writeUInt16BE(count, at);
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...answers.map(answerOf)]), port, address);
  });
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
  closeLater(() => new Promise<void>((resolve) => void socket.close(() => { resolve(); })));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: () => asked,
    publish(name, ...texts) {
      if (texts.length === 0) records.delete(name);
      else records.set(name, texts.map((text) => (typeof text === 'string' ? [text] : text)));
    },
    fail(failing) { isFailing = failing; },
  };
}

/** The name of the question, and where its type begins. */
function readName(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function answerOf(parts: readonly string[]): Buffer {
  const data = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.of(Buffer.byteLength(part)), Buffer.from(part)])));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(txt, 2);
  head.writeUInt16BE(internet, 4);
  head.writeUInt32BE(0, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
