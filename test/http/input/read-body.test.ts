import { request as sendRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import { custom, optional, string } from '../../../src/http/input/fields.ts';
import { createLogBook, faultyFields, serveRoutes } from '../route/serve.ts';
import type { TestServer } from '../route/serve.ts';

const routes = [
  defineRoute({
    method: 'POST',
    url: '/echo',
    summary: 'Answers the name.',
    errors: [],
    output: z.object({ name: z.string() }),
    input: { body: { name: string({ max: 200_000 }), any: optional(custom({ json: {}, parse: () => null })) } },
    handler: ({ input }) => ({ name: input.body.name }),
  }),
  defineRoute({ method: 'POST', url: '/bare', summary: 'Takes no body.', errors: [], handler: () => undefined }),
  defineRoute({
    method: 'POST',
    url: '/maybe',
    summary: 'Takes nothing or a name.',
    errors: [],
    input: { body: { name: optional(string({ max: 9 })) } },
    handler: () => undefined,
  }),
];

const json = { 'Content-Type': 'application/json' };
const nested = (depth: number) => '{"name":"x","any":'.concat('['.repeat(depth - 1), ']'.repeat(depth - 1), '}');

const listOf = (entries: number) => `{"name":"x","any":[${Array(entries).fill('0').join(',')}]}`;

describe('reading a body', () => {
  let server: TestServer;
  const log = createLogBook();
  beforeAll(async () => {
    server = await serveRoutes(routes, { logger: log });
  });
  afterAll(() => server.close());

  it.each([
    ['no content type', {}, '{"name":"x"}', 415],
    ['text/plain', { 'Content-Type': 'text/plain' }, '{"name":"x"}', 415],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'name=x', 415],
    ['another JSON type', { 'Content-Type': 'application/merge-patch+json' }, '{"name":"x"}', 415],
    ['UTF-16', { 'Content-Type': 'application/json; charset=utf-16' }, Buffer.from('{"name":"x"}', 'utf16le'), 415],
    ['Latin-1', { 'Content-Type': 'application/json; charset=iso-8859-1' }, '{"name":"x"}', 415],
    ['another parameter', { 'Content-Type': 'application/json; boundary=x' }, '{"name":"x"}', 415],
    ['two charsets', { 'Content-Type': 'application/json; charset=utf-8; charset=utf-7' }, '{"name":"x"}', 415],
    ['gzip', { ...json, 'Content-Encoding': 'gzip' }, gzipSync('{"name":"x"}'), 415],
    ['an unknown coding', { ...json, 'Content-Encoding': 'x' }, '{"name":"x"}', 415],
    ['broken JSON', json, '{"name":"x"', 400],
    ['white space alone', json, ' ', 400],
    ['a bare string', json, '"x"', 400],
    ['a bare null', json, 'null', 400],
    ['bytes that are not UTF-8', json, Buffer.from([0x7b, 0x22, 0x6e, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ['over 100 kB', json, JSON.stringify({ name: 'x'.repeat(102_400) }), 413],
    ['1 MB', json, JSON.stringify({ name: 'x'.repeat(1_000_000) }), 413],
    ['a list', json, '[{"name":"x"}]', 422],
    ['nothing', {}, undefined, 422],
    ['an empty object', json, '{}', 422],
    ['33 levels', json, nested(33), 422],
    ['40,000 levels', json, nested(40_000), 422],
    ['a list of 10,001', json, listOf(10_001), 422],
    ['objects 15,000 deep', json, `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`, 422],
  ])('refuse, %s, its own status', async (_situation, headers, body, status) => {
    const answer = await server.call('POST', '/echo', { headers, body });
    const codes: Record<number, string> = {
      400: 'malformed-body', 413: 'body-too-large', 415: 'unsupported-media-type', 422: 'invalid-input',
    };
    expect(answer).toMatchObject({ status, json: { code: codes[status] } });
    expect(log.lines).toEqual([]);
  });

  it.each([
    ['plain', json, '{"name":"x"}', 'x'],
    ['a charset', { 'Content-Type': 'Application/JSON;charset="UTF-8"' }, '{"name":"x"}', 'x'],
    ['no coding at all', { ...json, 'Content-Encoding': 'identity' }, '{"name":"x"}', 'x'],
    ['just under 100 kB', json, `{"name":"${'x'.repeat(102_380)}"}`, 'x'.repeat(102_380)],
    ['any language', json, '{"name":"Zoë 🦉 علي"}', 'Zoë 🦉 علي'],
    ['32 levels', json, nested(32), 'x'],
    ['a list of 10,000', json, listOf(10_000), 'x'],
  ])('take, %s, 200', async (_situation, headers, body, name) => {
    expect(await server.call('POST', '/echo', { headers, body })).toMatchObject({ status: 200, json: { name } });
  });

  it('names the depth, nested too deep', async () => {
    expect((await server.call('POST', '/echo', { headers: json, body: nested(33) })).json).toMatchObject({
      errors: [{ field: 'body', message: 'must not be nested deeper than 32 levels' }],
    });
  });

  it('names the limit, a list too long', async () => {
    expect((await server.call('POST', '/echo', { headers: json, body: listOf(10_001) })).json).toMatchObject({
      errors: [{ field: 'body', message: 'must not have a list of more than 10000 entries' }],
    });
  });

  it.each([
    ['operators for a string', '{"name":{"$gt":""}}', ['body.name']],
    ['a list for a string', '{"name":["a","b"]}', ['body.name']],
    ['null for a string', '{"name":null}', ['body.name']],
    ['a number for a string', '{"name":1}', ['body.name']],
    ['half of a surrogate pair', '{"name":"a\\ud83d"}', ['body.name']],
    ['a NUL character', '{"name":"a\\u0000"}', ['body.name']],
    ['an unknown field', '{"name":"a","isAdmin":true}', ['body.isAdmin']],
    ['a field with a path for a name', '{"name":"a","name.x":1,"a[0]":2}', ['body.name.x', 'body.a[0]']],
    ['__proto__', '{"name":"a","__proto__":{"isAdmin":true}}', ['body.__proto__']],
    ['__proto__ in place of the field', '{"__proto__":{"name":"a"}}', ['body.name', 'body.__proto__']],
    ['constructor and toString', '{"name":"a","constructor":{"prototype":{"x":1}},"toString":1}', ['body.constructor', 'body.toString']],
    ['an operator beside it', '{"name":"a","$where":"1"}', ['body.$where']],
  ])('refuse, %s, 422 that names the field', async (_situation, body, fields) => {
    const answer = await server.call('POST', '/echo', { headers: json, body });
    expect(answer.status).toBe(422);
    expect(faultyFields(answer)).toEqual(fields);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  it('lists at most 50 faults with short names, 5,000 unknown fields', async () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]));
    const answer = await server.call('POST', '/echo', { body: { ['n'.repeat(9_000)]: 1, ...body } });
    expect(faultyFields(answer)).toHaveLength(50);
    expect(Math.max(...faultyFields(answer).map((field) => field.length))).toBe(200);
  });

  it('leaves a body alone, the route declares none', async () => {
    expect((await server.call('POST', '/bare', { headers: { 'Content-Type': 'text/plain' }, body: 'whatever' })).status).toBe(204);
  });

  it('takes no body for an empty one, no field is required', async () => {
    expect((await server.call('POST', '/maybe')).status).toBe(204);
    expect((await server.call('POST', '/maybe', { headers: { 'Content-Length': '0' } })).status).toBe(204);
    expect(faultyFields(await server.call('POST', '/maybe', { body: { name: null } }))).toEqual(['body.name']);
  });

  it('reads a body in chunks, and refuses one that never ends below the limit', async () => {
    expect(await sendChunks(server.port, ['{"na', 'me":"x"}'])).toBe(200);
    expect(await sendChunks(server.port, ['{"name":"', 'x'.repeat(60_000), 'x'.repeat(60_000), '"}'])).toBe(413);
  });
});

function sendChunks(port: number, chunks: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = sendRequest(
      { host: '127.0.0.1', port, method: 'POST', path: '/echo', headers: { ...json, 'Transfer-Encoding': 'chunked' } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    for (const chunk of chunks) request.write(chunk);
    request.end();
  });
}
