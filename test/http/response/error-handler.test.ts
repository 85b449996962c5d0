import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { AppError } from '../../../src/errors/errors.ts';
import { errorTable } from '../../../src/errors/table.ts';
import type { ErrorCode } from '../../../src/errors/table.ts';
import { createErrorHandler, sendProblem } from '../../../src/http/response/error-handler.ts';
import { beginRequest, requestContext } from '../../../src/http/request/request-context.ts';
import { createLogBook, serve } from '../route/serve.ts';
import type { Answer } from '../route/serve.ts';

const log = createLogBook();
beforeEach(() => {
  log.lines.length = 0;
});

/** What a client gets when a handler of an app throws this. */
async function answerOf(error: unknown): Promise<Answer> {
  const app = express()
    .use(() => {
      throw error;
    })
    .use(createErrorHandler(log));
  const server = await serve(app);
  const answer = await server.call('GET', '/');
  await server.close();
  return answer;
}

function named(name: string, fields: object = {}): Error {
  return Object.assign(new Error('mongodb://admin:secret@db:27017 $2b$10$hash'), { name }, fields);
}

describe('the error handler', () => {
  it.each(Object.keys(errorTable) as ErrorCode[])('answers, %s, its status and a whole problem', async (code) => {
    const answer = await answerOf(new AppError(code, {}, new Error('the cause')));
    const { status } = errorTable[code];
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } });
    expect(answer.json).toMatchObject({
      type: `urn:gatehouse:error:${code}`,
      status,
      statusCode: status,
      code,
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.text).not.toContain('the cause');
    expect(log.lines).toHaveLength(status >= 500 ? 1 : 0);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '2' : undefined);
    expect(typeof answer.headers['www-authenticate']).toBe(status === 401 ? 'string' : 'undefined');
  });

  it('challenges, 401, as RFC 6750 section 3 wants', async () => {
    const challenge = async (code: ErrorCode) => (await answerOf(new AppError(code))).headers['www-authenticate'];
    expect(await challenge('token-missing')).toBe('Bearer realm="gatehouse"');
    expect(await challenge('invalid-credentials')).toBe('Bearer realm="gatehouse"');
    expect(await challenge('token-malformed')).toBe(
      'Bearer realm="gatehouse", error="invalid_token", ' +
        'error_description="The Authorization header must read \'Bearer <token>\' with an access token of this server."',
    );
    for (const code of ['token-malformed', 'token-expired', 'token-invalid', 'session-ended', 'user-disabled'] as const) {
      expect(await challenge(code)).toMatch(/^Bearer realm="gatehouse", error="invalid_token", error_description="[ !#-[\]-~]+"$/);
    }
  });

  it('challenges, a login that is not recent, as RFC 9470 wants', async () => {
    const { headers } = await answerOf(new AppError('recent-login-required', { login: { seconds: 600, level: 2 } }));
    expect(headers['www-authenticate']).toBe('Bearer error="insufficient_user_authentication", acr_values="2", max_age=600');
  });

  it('says the methods, 405, in Allow', async () => {
    expect((await answerOf(new AppError('method-not-allowed', { allow: ['GET', 'HEAD'] }))).headers['allow']).toBe('GET, HEAD');
  });

  it('keeps the Nest convention, a missing right, exactly', async () => {
    expect((await answerOf(new AppError('right-missing', { required: 'POST /items' }))).json).toMatchObject({
      statusCode: 403,
      error: 'Forbidden',
      message: 'Forbidden resource',
      required: 'POST /items',
    });
  });

  it.each([
    ['no server', named('MongoServerSelectionError')],
    ['no server, by Mongoose', named('MongooseServerSelectionError')],
    ['a lost connection', named('MongoNetworkError')],
    ['a network timeout', named('MongoNetworkTimeoutError')],
    ['a cleared pool', named('MongoPoolClearedError')],
    ['a full wait queue', named('MongoWaitQueueTimeoutError')],
    ['a closed client', named('MongoClientClosedError')],
    ['an operation timeout', named('MongoOperationTimeoutError')],
    ['a primary that stepped down', named('MongoServerError', { code: 10107 })],
    ['a server shutting down', named('MongoServerError', { code: 11600 })],
    ['a time limit', named('MongoServerError', { code: 50 })],
    ['a retryable label', named('MongoServerError', { code: 251, errorLabels: ['TransientTransactionError'] })],
    ['no connection yet', Object.assign(
      new Error('Cannot call `users.findOne()` before initial connection is complete'), { name: 'MongooseError' },
    )],
    ['a wrapped one', new Error('outer', { cause: named('MongoNetworkError') })],
  ])('answers, %s of MongoDB, 503 that is logged and tells nothing', async (_situation, error) => {
    const answer = await answerOf(error);
    expect(answer).toMatchObject({ status: 503, json: { code: 'database-unreachable' }, headers: { 'retry-after': '2' } });
    expect(answer.text).not.toMatch(/secret|hash|at .*\.ts/);
    expect(log.lines).toHaveLength(1);
  });

  it.each([
    ['a duplicate key', named('MongoServerError', { code: 11000 })],
    ['a wrong argument', named('MongoInvalidArgumentError')],
    ['a validation error', named('ValidationError')],
    ['a plain error', new Error('mongodb://admin:secret@db $2b$10$hash')],
    ['a string', 'secret'],
    [
      'an error that causes itself',
      (() => {
        const error = new Error('secret');
        error.cause = error;
        return error;
      })(),
    ],
    ['an error with a foreign type', named('Error', { type: 'toString', status: 500 })],
  ])('answers, %s, 500 that is logged and tells nothing', async (_situation, error) => {
    const answer = await answerOf(error);
    expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } });
    expect(answer.text).not.toMatch(/secret|hash|at .*\.ts/);
    expect(log.lines).toHaveLength(1);
  });

  it('logs, a database error with a document in it, without the document', async () => {
    await answerOf(named('MongoBulkWriteError', { code: 1, writeErrors: [{ err: { op: { passwordHash: 'topsecret' } } }] }));
    expect(JSON.stringify(log.lines)).toContain('MongoBulkWriteError');
    expect(JSON.stringify(log.lines)).not.toContain('topsecret');
  });

  it.each([
    ['an error of a handler', new Error('The basket is empty.'), 'The basket is empty.'],
    ['an error of the driver', Object.assign(new Error('connection 7 closed'), { name: 'MongoNetworkError' }), 'connection 7 closed'],
    ['an error that another one caused', new Error('The basket was not saved.', {
      cause: new Error('inner'),
    }), 'The basket was not saved.'],
    ['an internal error with a cause', new AppError('internal', {}, new Error('The answer has no price.')), 'The answer has no price.'],
  ])('logs, %s, with its own message first', async (_situation, error, message) => {
    await answerOf(error);
    const [
      line,
    ] = log.lines as readonly { readonly err: { readonly message: string; readonly stack: string } }[]; // what sendProblem writes
    expect(line?.err.message).toBe(message);
    expect(line?.err.stack.split('\n', 1)[0]).toContain(message);
  });

  it('a client error of the host, is handed to the next handler', async () => {
    const answer = await answerOf(Object.assign(new Error('Teapot'), { status: 418 }));
    expect(answer.status).toBe(418);
    expect(log.lines).toEqual([]);
  });
});

describe('sendProblem', () => {
  it('cuts the connection, an answer has begun', async () => {
    const server = await serve(
      express().use((request, response) => {
        response.write('part');
        sendProblem(request, response, new Error('late'), log);
      }),
    );
    const failure = await server.call('GET', '/').catch(String);
    await server.close();
    expect(failure).toMatch(/aborted|hang up/);
    expect(log.lines).toHaveLength(1);
  });

  it('leaves a finished answer alone', async () => {
    const server = await serve(
      express().use((request, response) => {
        response.end('whole');
        sendProblem(request, response, new Error('too late'), log);
      }),
    );
    expect(await server.call('GET', '/')).toMatchObject({ status: 200, text: 'whole' });
    await server.close();
  });

  it('takes away headers of the answer that failed, and works without Express or a logger', async () => {
    const server = createServer((request, response) => {
      response.setHeader('ETag', 'x');
      response.setHeader('Content-Encoding', 'gzip');
      sendProblem(request, response, new AppError('unknown-url'));
    });
    await new Promise<void>((resolve) => void server.unref().listen(0, '127.0.0.1', resolve));
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); // it listens on a port
    expect([response.status, response.headers.get('etag'), response.headers.get('content-encoding')]).toEqual([404, null, null]);
    expect(await response.json()).toMatchObject({ code: 'unknown-url' });
    server.close();
    server.closeAllConnections();
  });
});

describe('the request context', () => {
  it.each([
    ['kept', 'from-proxy_01', true],
    ['too short', 'abc', false],
    ['too long', 'x'.repeat(65), false],
    ['not plain', 'id with space', false],
  ])('an id that was sent is %s', async (_situation, sent, isKept) => {
    const server = await serve(
      express().use((request, response) => {
        const { requestId } = beginRequest(request, response);
        response.json([requestId, requestContext(request).requestId, beginRequest(request, response).requestId]);
      }),
    );
    const { json, headers } = await server.call('GET', '/', { headers: { 'X-Request-Id': sent } });
    await server.close();
    const id = headers['x-request-id'];
    expect(json).toEqual([id, id, id]);
    expect(id === sent).toBe(isKept);
    expect(id).toMatch(/^[\w-]{8,64}$/);
  });
});
