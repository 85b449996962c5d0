import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../../errors/errors.ts';

/** A request as Express hands it on. A body parser of the host may have read its body already. */
export type ReadableRequest = IncomingMessage & { readonly body?: unknown };

/** Whether a request has a body. If it has one, its headers define the end of the body (RFC 9112 section 6.3). */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Whether the host has read the body of a request before. */
export function isBodyRead(request: IncomingMessage): boolean {
  return request.complete && !request.readable;
}

/**
 * Reads the body of a request of at most `limit` bytes as UTF-8, without a byte order mark.
 *
 * It rejects with `unsupported-media-type` if the body is compressed, `body-too-large` when the whole body has arrived, and
 * `malformed-body` if it is not UTF-8 or the client disconnects. Body-parser does the same in twice the time.
 */
export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw new AppError('unsupported-media-type');
  if (request.readableEncoding !== null) throw new Error('A handler has called setEncoding for this request: remove the call.');
  const bytes = await readBytes(request, limit);
  if (!isUtf8(bytes)) throw new AppError('malformed-body');
  const text = bytes.toString();
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

const byteOrderMark = '\uFEFF';

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isTooLarge = Number(request.headers['content-length']) > limit;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      isTooLarge ||= length > limit;
      if (isTooLarge) chunks.length = 0;
      else chunks.push(chunk);
    });
    // The rest of a body that is too large is read as well: a client that still sends would not see the answer.
    request.on('end', () => {
      if (isTooLarge) reject(new AppError('body-too-large'));
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    const onCut = () => reject(new AppError('malformed-body'));
    request.on('error', onCut).on('close', onCut);
  });
}
