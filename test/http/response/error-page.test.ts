import { z } from 'zod';
import { AppError } from '../../../src/errors/errors.ts';
import { string } from '../../../src/http/input/fields.ts';
import { createErrorPage, prefersJson } from '../../../src/http/response/error-page.ts';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import { serveRoutes } from '../route/serve.ts';
import type { TestServer } from '../route/serve.ts';

const routes = [defineRoute({
  method: 'GET', url: '/start', summary: 'Fails for a person.', errorForm: 'page', errors: ['invalid-credentials', 'too-many-requests'],
  input: { query: { how: string({ max: 20 }) } },
  output: z.object({}),
  handler({ input }) {
    if (input.query.how === 'busy') {
      throw new AppError('too-many-requests', { limit: { policy: 'starts', quota: 60, windowSeconds: 60, waitSeconds: 7 } });
    }
    if (input.query.how === 'broken') throw new TypeError('secret inside');
    throw new AppError('invalid-credentials', { reference: 'login-7' });
  },
})];

const browser = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('a route whose errors are pages', () => {
  let server: TestServer;
  beforeAll(async () => { server = await serveRoutes(routes); });
  afterAll(() => server.close());

  it('an error for a browser, a page with text, code and reference, which runs and loads nothing', async () => {
    const { status, headers, text } = await server.call('GET', '/start?how=wrong', { headers: browser });
    expect(status).toBe(401);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'/) as string,
    });
    expect(headers['www-authenticate']).toBeDefined();
    for (const part of ['E-mail address or password is wrong.', 'invalid-credentials', 'login-7']) expect(text).toContain(part);
    expect(text).not.toContain('<script');
  });

  it('an error for a client that accepts JSON, the problem with the reference', async () => {
    const { status, headers, json } = await server.call('GET', '/start?how=wrong', { headers: { Accept: 'application/json' } });
    expect([status, headers['content-type']]).toEqual([401, 'application/problem+json']);
    expect(json).toMatchObject({ code: 'invalid-credentials', reference: 'login-7' });
  });

  it('no reference, the page has the id of the request; a limit, its headers; an unknown error, tells nothing', async () => {
    const busy = await server.call('GET', '/start?how=busy', { headers: { ...browser, 'X-Request-Id': 'request-0001' } });
    expect(busy).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    expect(busy.text).toContain('request-0001');
    const broken = await server.call('GET', '/start?how=broken', { headers: browser });
    expect(broken.status).toBe(500);
    expect(broken.text).not.toContain('secret');
  });

  it('faulty fields, are listed and escaped', async () => {
    const { status, text } = await server.call('GET', '/start?%3Cscript%3E=1', { headers: browser });
    expect(status).toBe(422);
    expect(text).toContain('query.how is required');
    expect(text).toContain('query.&lt;script&gt; is not known here');
  });
});

describe('createErrorPage', () => {
  it('any text of the problem, is escaped', () => {
    const evil = '<img src=x onerror="alert(1)">\'&';
    const { body } = createErrorPage({
      type: '', title: '', status: 400, statusCode: 400, error: '', message: '', code: 'internal', detail: evil, requestId: evil,
      reference: evil, errors: [{ field: evil, message: evil }],
    });
    expect(String(body)).not.toContain('<img');
    expect(String(body).split('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;')).toHaveLength(5);
  });
});

describe('prefersJson', () => {
  it.each([
    ['application/json', true], ['application/problem+json', true], ['Application/JSON; q=0.5', true],
    ['application/json, text/html;q=0.9', true], [browser.Accept, false], ['*/*', false], ['', false], [undefined, false],
    ['text/html, application/json;q=0.9', false], ['application/json, text/html', false], ['application/json;q=0', false],
    ['application/json;q=x', false], ['application/*', false],
  ])('%s, %s', (accept, expected) => {
    expect(prefersJson(accept)).toBe(expected);
  });
});
