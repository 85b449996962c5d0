import { BerReader, BerWriter, ProtocolOperation } from 'ldapts';
import type { Socket } from 'node:net';
import { directoryFailure } from './directory-errors.ts';

const startTlsName = '1.3.6.1.4.1.1466.20037';
const messageId = 1;
const maxAnswer = 4_096;

/**
 * Asks a directory to go on with TLS (RFC 4511 section 4.14), on a connection on which nothing was sent yet.
 *
 * Throws a DirectoryFailure if it does not agree, and if it sent anything behind its answer: that would be taken for an encrypted
 * answer. We do not use the library for this, because it believes that an encrypted connection that was closed is still open.
 */
export async function askForTls(socket: Socket): Promise<void> {
  const answer = answerOf(socket);
  socket.write(request());
  const bytes = await answer;
  const code = readResult(bytes);
  if (code !== 0) throw directoryFailure('tls', code ?? 'START_TLS_ANSWER');
}

function request(): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(messageId);
  writer.startSequence(ProtocolOperation.LDAP_REQ_EXTENSION);
  writer.writeString(startTlsName, 0x80);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

/** All that has arrived when the first message is complete. */
function answerOf(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const finish = (settle: () => void) => {
      socket.off('data', onData).off('error', onEnd).off('close', onEnd);
      settle();
    };
    const onEnd = (error?: unknown) => { finish(() => { reject(directoryFailure('unreachable', error)); }); };
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length > maxAnswer) onEnd();
      else if (isComplete(bytes)) finish(() => { resolve(bytes); });
    };
    socket.on('data', onData).once('error', onEnd).once('close', onEnd);
  });
}

function isComplete(bytes: Buffer): boolean {
  try {
    const reader = new BerReader(bytes);
    return reader.readSequence() !== null && reader.remain >= reader.length;
  } catch {
    return true; // no message: the result says so
  }
}

/** The result code; undefined for bytes that are not exactly one answer to this request. */
function readResult(bytes: Buffer): number | undefined {
  try {
    const reader = new BerReader(bytes);
    const isMessage = reader.readSequence() === 0x30 && reader.remain === reader.length;
    const isAnswer = isMessage && reader.readInt() === messageId && reader.readSequence() === ProtocolOperation.LDAP_RES_EXTENSION;
    return isAnswer ? reader.readEnumeration() ?? undefined : undefined;
  } catch {
    return undefined;
  }
}
