import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { AppError } from '../../../src/errors/errors.ts';
import { createBodyReader } from '../../../src/http/input/read-body.ts';
import { readText } from '../../../src/http/input/read-text.ts';

type Read = (request: IncomingMessage) => Promise<unknown>;

/** Sends a request as it is written, and resolves with the result of `read`. `cutAfter` ends the connection after this time, in ms. */
async function readFrom(read: Read, text: string | Buffer, cutAfter?: number): Promise<unknown> {
  let tell: (outcome: unknown) => void = () => undefined;
  const told = new Promise<unknown>((resolve) => { tell = resolve; });
  const server = createServer((request, response) => {
    void read(request).catch((error: unknown) => (error instanceof AppError ? error.code : String(error))).then((outcome) => {
      tell(outcome);
      response.end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1'); // what a server on a port has
  socket.on('error', () => undefined).write(text);
  if (cutAfter !== undefined) setTimeout(() => socket.destroy(), cutAfter);
  try {
    return await told;
  } finally {
    socket.destroy();
    server.close();
  }
}

const head = (headers: string) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n`;
const withBody = (body: string) => `${head(`Content-Length: ${Buffer.byteLength(body)}\r\n`)}${body}`;
const read100: Read = (request) => readText(request, 100);

describe('readText', () => {
  it('a body with a byte order mark, is read without it', async () => {
    expect(await readFrom(read100, withBody('\uFEFF{"a":1}'))).toBe('{"a":1}');
    expect(await readFrom(createBodyReader(100), withBody('\uFEFF{"a":1}'))).toEqual({ a: 1 });
  });

  it('a body as long as the limit, is read; with one byte more, it is too large, announced or in chunks', async () => {
    const chunked = (size: number) => `${head('Transfer-Encoding: chunked\r\n')}${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`;
    for (const write of [(size: number) => withBody('x'.repeat(size)), chunked]) {
      expect(await readFrom(read100, write(100))).toBe('x'.repeat(100));
      expect(await readFrom(read100, write(101))).toBe('body-too-large');
    }
  });

  it('a body that is too large, is refused when all of it has arrived', async () => {
    let isOver = false;
    const read: Read = (request) => {
      request.on('end', () => { isOver = true; });
      return readText(request, 100).finally(() => { if (!isOver) throw new Error('refused before the end'); });
    };
    expect(await readFrom(read, withBody('x'.repeat(1_000_000)))).toBe('body-too-large');
  });

  it('a client that disconnects in the middle of a body, is refused', async () => {
    expect(await readFrom(read100, `${head('Content-Length: 10\r\n')}half`, 50)).toBe('malformed-body');
    expect(await readFrom(read100, `${head('Content-Length: 1000\r\n')}half`, 50)).toBe('malformed-body');
  });

  it('bytes that are no UTF-8, and a compressed body, are refused', async () => {
    const noText = Buffer.concat([Buffer.from(head('Content-Length: 2\r\n')), Buffer.from([0xc3, 0x28])]);
    expect(await readFrom(read100, noText)).toBe('malformed-body');
    expect(await readFrom(read100, `${head('Content-Encoding: br\r\nContent-Length: 2\r\n')}{}`)).toBe('unsupported-media-type');
    expect(await readFrom(read100, `${head('Content-Encoding: Identity\r\nContent-Length: 2\r\n')}{}`)).toBe('{}');
  });

  it('a request whose encoding a handler has set, is a failure that says so', async () => {
    expect(await readFrom((request) => readText(request.setEncoding('utf8'), 100), withBody('{}'))).toContain('has called setEncoding');
  });
});

describe('createBodyReader', () => {
  it('an empty body in chunks, counts as none', async () => {
    expect(await readFrom(createBodyReader(100), `${head('Transfer-Encoding: chunked\r\n')}0\r\n\r\n`)).toEqual({});
  });

  it('a body that a parser of the host has read, is taken from it', async () => {
    const parse = express.json();
    const read: Read = async (request) => {
      await new Promise<void>((resolve) => { parse(request, {} as express.Response, () => { resolve(); }); });
      return createBodyReader(100)(request);
    };
    expect(await readFrom(read, withBody('{"a":[1]}'))).toEqual({ a: [1] });
  });
});
