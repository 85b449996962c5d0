import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { directoryFailure } from './directory-errors.ts';
import type { DirectoryFailure } from './directory-errors.ts';
import { messageLength, safeMessage } from './safe-message.ts';

/** The most bytes of the answer to one operation. */
export const maxAnswer = 1_048_576;

/** A connection that hands over one whole LDAP message at a time. */
export interface MessageStream extends Duplex {
  /** Begins the limit of the next answer. */
  begin(): void;
  /** The result code of the last search that was answered (RFC 4511 section 4.1.9). */
  lastSearchResult(): number;
}

/**
 * Puts a connection into messages (RFC 4511 section 5.1), so that a directory cannot end this process.
 *
 * The library reads the messages of one chunk recursively: many small ones in one chunk would be a stack overflow in an event
 * handler. It also keeps each unfinished message without a limit, and hides that a search hit a limit of the server.
 *
 * `onEnd` is called with the reason when the connection ends, and may be called again.
 */
export function createMessageStream(socket: Socket, onEnd: (failure: DirectoryFailure) => void): MessageStream {
  const end = (failure: DirectoryFailure) => {
    onEnd(failure);
    stream.destroy();
  };
  let chunks: Buffer[] = [];
  let [size, needed, received, lastResult] = [0, 2, 0, 0];

  function takeMessages(): void {
    let rest = Buffer.concat(chunks);
    let total = messageLength(rest);
    while (total !== undefined && rest.length >= total) {
      const { bytes, searchResult } = safeMessage(rest.subarray(0, total));
      lastResult = searchResult ?? lastResult;
      if (!stream.push(bytes)) socket.pause();
      rest = rest.subarray(total);
      total = messageLength(rest);
    }
    [chunks, size, needed] = [[rest], rest.length, total ?? rest.length + 1];
  }

  const stream = Object.assign(new Duplex({
    read: () => { socket.resume(); },
    write: (chunk: Buffer, _encoding, callback) => { socket.write(chunk, callback); },
    final: (callback) => { socket.end(callback); },
    destroy: (error, callback) => {
      socket.destroy();
      callback(error);
    },
  }), {
    begin: () => { received = 0; },
    lastSearchResult: () => lastResult,
  });

  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    received += chunk.length;
    if (received > maxAnswer) end(directoryFailure('too-large'));
    else if (size >= needed) {
      try {
        takeMessages();
      } catch {
        end(directoryFailure('protocol'));
      }
    }
  });
  socket.on('error', (error) => { end(directoryFailure('unreachable', error)); });
  socket.on('end', () => {
    onEnd(directoryFailure('unreachable', 'CLOSED'));
    stream.push(null); // what arrived before is still read
  });
  socket.on('close', () => { end(directoryFailure('unreachable', 'CLOSED')); });
  stream.on('error', () => undefined); // `end` has said why
  return stream;
}
