import { z } from 'zod';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import { optional, string } from '../../../src/http/input/fields.ts';
import { faultyFields, serveRoutes } from '../route/serve.ts';
import type { TestServer } from '../route/serve.ts';

const declared = {
  method: 'POST', summary: 'Takes a form.', errors: [], bodyForm: 'form',
  input: { body: { answer: string({ max: 600_000 }), state: optional(string({ max: 9 })) } },
  output: z.object({ length: z.number(), state: z.string().nullable() }),
  handler: ({ input: { body } }: { input: { body: { answer: string; state?: string } } }) => (
    { length: body.answer.length, state: body.state ?? null }),
} as const;
const kB = 1_024;
const routes = [
  defineRoute({ ...declared, url: '/large', maxBodyBytes: 512 * kB, errorForm: 'page' }),
  defineRoute({ ...declared, url: '/usual' }),
  defineRoute({ ...declared, url: '/oauth', errorForm: 'oauth' }),
];

describe('a form', () => {
  let server: TestServer;
  beforeAll(async () => { server = await serveRoutes(routes); });
  afterAll(() => server.close());
  const send = (url: string, body: string, type = 'application/x-www-form-urlencoded') => server.call(
    'POST', url, { body, headers: { 'Content-Type': type, 'Accept': 'application/json' } },
  );

  it('of 512 kB where the route takes as much, is read; one byte more, or 512 kB elsewhere, is too large', async () => {
    const answer = `answer=${'a'.repeat(512 * kB - 'answer='.length)}`;
    expect(await send('/large', answer)).toMatchObject({ status: 200, json: { length: 512 * kB - 7, state: null } });
    expect(await send('/large', `${answer}a`)).toMatchObject({ status: 413, json: { code: 'body-too-large' } });
    expect(await send('/usual', answer)).toMatchObject({ status: 413, json: { code: 'body-too-large' } });
  });

  it('decodes each part once; an empty field counts as not sent, and an unknown one is ignored', async () => {
    expect(await send('/usual', 'answer=%2541+%C3%A9&state=&other=1')).toMatchObject({ status: 200, json: { length: 5, state: null } });
    expect(faultyFields(await send('/usual', 'answer='))).toEqual(['body.answer']);
  });

  it.each([
    ['a declared field twice', 'answer=a&answer=a', 'body.answer'],
    ['in two spellings', 'answer=a&%61nswer=b', 'body.answer'],
    ['once without a value', 'answer=a&answer', 'body.answer'],
    ['an unknown field twice', 'answer=a&x=1&x=2', 'body.x'],
  ])('%s, is refused by its name, without a code of OAuth', async (_situation, body, field) => {
    const answer = await send('/large', body);
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid-input' } });
    expect(faultyFields(answer)).toEqual([field]);
  });

  it.each([
    ['wrong encoding', 'answer=%E0%A4%A'],
    ['a field twice, with more separators between than there can be fields', `answer=a${'&'.repeat(1_100)}answer=b`],
    ['more than 1,000 fields', Array.from({ length: 1_001 }, (_each, index) => `f${index}`).join('&')],
  ])('%s, is malformed', async (_situation, body) => {
    expect(await send('/usual', body)).toMatchObject({ status: 400, json: { code: 'malformed-body' } });
  });

  it('where errors are those of OAuth, a repeated field and a wrong encoding are its error', async () => {
    for (const body of ['answer=a&answer=a', 'answer=%']) {
      expect(await send('/oauth', body)).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
    }
  });

  it('of another type, is refused', async () => {
    expect(await send('/usual', '{}', 'application/json')).toMatchObject({ status: 415, json: { code: 'unsupported-media-type' } });
  });
});

describe('defineRoute', () => {
  it.each([
    ['a form of more than 512 kB', { maxBodyBytes: 512 * kB + 1 }], ['noHead of a POST', { noHead: true }],
  ])('%s, throws at once', (_situation, wrong) => {
    expect(() => defineRoute({ ...declared, url: '/wrong', ...wrong })).toThrow('/wrong');
  });

  it('a redirect with another status, throws at once', () => {
    expect(() => defineRoute({
      method: 'GET', url: '/wrong', summary: '', errors: [], output: 'redirect', status: 302,
      handler: () => ({ location: '/', targets: [] }),
    })).toThrow('303');
  });
});
