import { BerReader, BerWriter, ProtocolOperation } from 'ldapts';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { closeLater } from '../../../../scripts/test-run/closing.ts';
import { messageLength } from '../../../../src/features/sso/ldap/directory/safe-message.ts';
import type { TestCertificate } from './certificates.ts';

/** A search as it was sent. */
export interface SentSearch {
  readonly baseDn: string;
  readonly sizeLimit: number;
  /** The filter in BER. */
  readonly filter: Buffer;
  /** The name as whom the connection is bound; empty for nobody. */
  readonly boundAs: string;
}

export interface FakeEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly (string | Buffer)[]>>;
}

export interface FakeAnswer {
  readonly entries?: readonly FakeEntry[];
  readonly references?: readonly string[];
  readonly code?: number;
}

/** What the directory does with what arrives. Without parts, it accepts every bind and finds nothing. */
export interface Behaviour {
  /** The result code of a bind; null for no answer at all. */
  readonly bind?: (dn: string, password: string) => number | null;
  /** Null for no answer at all. */
  readonly search?: (search: SentSearch) => FakeAnswer | null;
  /** Bytes instead of the answer to a search. */
  readonly raw?: (messageId: number) => Buffer | undefined;
  readonly startTls?: { readonly code?: number; readonly behind?: Buffer };
  /** The certificate of this moment. */
  readonly certificate?: TestCertificate;
  /** Closes the connection behind the answer to a bind that is refused. */
  readonly closesAfterRefusal?: boolean;
  /** Accepts connections, and neither reads nor writes. */
  readonly isDeaf?: boolean;
}

/** A directory in this process that does what a test says, and counts what arrives. */
export interface FakeDirectory {
  readonly port: number;
  behaviour: Behaviour;
  readonly binds: { readonly dn: string; readonly password: string }[];
  readonly searches: SentSearch[];
  /** The names for which certificates were asked (RFC 6066 section 3). */
  readonly serverNames: string[];
  /** How many connections were opened. */
  readonly connections: () => number;
  /** How many are open. */
  readonly open: () => number;
  /** Closes all connections. */
  hangUp(): void;
}

/** Starts a directory that ends with the test, the describe or the file. With `tls`, its connections begin with TLS. */
export async function startFakeDirectory(behaviour: Behaviour = {}, { tls = false } = {}): Promise<FakeDirectory> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)));
    serve(tls ? encrypted(socket, directory) : socket, directory);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const hangUp = () => { for (const socket of sockets) socket.destroy(); };
  closeLater(async () => {
    hangUp();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo; // a listening TCP server
  const directory: FakeDirectory = {
    port, behaviour, binds: [], searches: [], serverNames: [], connections: () => connections,
    open: () => sockets.size, hangUp,
  };
  return directory;
}

function encrypted(socket: Socket, { behaviour: { certificate }, serverNames }: FakeDirectory): TLSSocket {
  return new TLSSocket(socket, {
    isServer: true, cert: certificate?.certificate, key: certificate?.key,
    SNICallback(name, callback) {
      serverNames.push(name);
      callback(null);
    },
  }).on('error', () => undefined);
}

function serve(socket: Socket, directory: FakeDirectory): void {
  let bytes = Buffer.alloc(0);
  let boundAs = '';
  const onData = (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes[0] !== 0x30) socket.destroy();
    else for (let total = messageLength(bytes); total !== undefined && bytes.length >= total; total = messageLength(bytes)) {
      take(bytes.subarray(0, total));
      bytes = bytes.subarray(total);
    }
  };

  function take(message: Buffer): void {
    const { behaviour } = directory;
    const reader = new BerReader(message);
    reader.readSequence();
    const id = reader.readInt() ?? 0;
    const operation = reader.readSequence();
    if (operation === ProtocolOperation.LDAP_REQ_BIND) {
      reader.readInt();
      const [dn, password] = [reader.readString() ?? '', reader.readString(0x80) ?? ''];
      directory.binds.push({ dn, password });
      const code = behaviour.bind ? behaviour.bind(dn, password) : 0;
      if (code === 0) boundAs = dn;
      if (code !== null) socket.write(result(id, ProtocolOperation.LDAP_RES_BIND, code));
      if (code !== 0 && behaviour.closesAfterRefusal === true) socket.end();
    } else if (operation === ProtocolOperation.LDAP_REQ_SEARCH) {
      const search = { ...readSearch(reader), boundAs };
      directory.searches.push(search);
      const answer = behaviour.search ? behaviour.search(search) : {};
      const raw = behaviour.raw?.(id);
      if (raw) socket.write(raw);
      else if (answer) socket.write(answerOf(id, answer));
    } else if (operation === ProtocolOperation.LDAP_REQ_EXTENSION) {
      const { code = 0, behind = Buffer.alloc(0) } = behaviour.startTls ?? {};
      socket.off('data', onData);
      socket.write(Buffer.concat([result(id, ProtocolOperation.LDAP_RES_EXTENSION, code), behind]));
      if (code === 0) serve(encrypted(socket, directory), directory);
    }
  }

  if (directory.behaviour.isDeaf !== true) socket.on('data', onData);
}

function readSearch(reader: BerReader): Omit<SentSearch, 'boundAs'> {
  const baseDn = reader.readString() ?? '';
  for (let skipped = 0; skipped < 2; skipped += 1) reader.readEnumeration();
  const sizeLimit = reader.readInt() ?? 0;
  reader.readInt();
  reader.readBoolean();
  const from = reader.offset;
  reader.readSequence();
  return { baseDn, sizeLimit, filter: Buffer.from(reader.buffer.subarray(from, reader.offset + reader.length)) };
}

function answerOf(id: number, { entries = [], references = [], code = 0 }: FakeAnswer): Buffer {
  return Buffer.concat([
    ...entries.map((entry) => entryOf(id, entry)),
    ...references.map((reference) => message(id, ProtocolOperation.LDAP_RES_SEARCH_REF, (writer) => { writer.writeString(reference); })),
    result(id, ProtocolOperation.LDAP_RES_SEARCH, code),
  ]);
}

export function entryOf(id: number, { dn, attributes }: FakeEntry): Buffer {
  return message(id, ProtocolOperation.LDAP_RES_SEARCH_ENTRY, (writer) => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [name, values] of Object.entries(attributes)) {
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(0x31);
      for (const value of values) writer.writeBuffer(Buffer.from(value as string), 0x04); // bytes are copied, text is encoded
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });
}

export function result(id: number, operation: number, code: number): Buffer {
  return message(id, operation, (writer) => {
    writer.writeEnumeration(code);
    writer.writeString('');
    writer.writeString('the directory says something here');
  });
}

function message(id: number, operation: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}
