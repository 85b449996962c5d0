import { createDocsRoutes } from '../../../src/features/system/docs.routes.ts';
import { serveRoutes } from '../../http/route/serve.ts';
import type { TestServer } from '../../http/route/serve.ts';

describe('the documentation page', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serveRoutes(createDocsRoutes('Gatehouse'));
  });
  afterAll(() => server.close());

  it('is served with and without a slash, under a policy that runs no inline script', async () => {
    for (const target of ['/docs', '/docs/']) {
      const answer = await server.call('GET', target);
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } });
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'; script-src 'self';");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    }
  });

  it('asks for files of this server alone, all of which are there', async () => {
    const { text } = await server.call('GET', '/docs');
    const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links).toHaveLength(5);
    expect(text).not.toMatch(/https?:|<script>|\son\w+=|<style/);
    for (const link of links)
      expect(await server.call('GET', link)).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=3600' } });
  });

  it.each([
    ['start.js', 'text/javascript; charset=utf-8', '/openapi.json'],
    ['look.css', 'text/css; charset=utf-8', '--accent'],
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
    ['swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
    ['favicon-32x32.png', 'image/png', 'PNG'],
  ])('serves %s as what it is', async (name, type, part) => {
    const answer = await server.call('GET', `/docs/${name}`);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': type } });
    expect(answer.text).toContain(part);
  });

  it('answers 304, the file is known', async () => {
    const { headers } = await server.call('GET', '/docs/start.js');
    expect(await server.call('GET', '/docs/start.js', { headers: { 'If-None-Match': String(headers['etag']) } })).toMatchObject({
      status: 304,
      text: '',
    });
  });

  it.each([
    'package.json',
    'swagger-ui.js',
    'swagger-initializer.js',
    'a/start.js',
    'start.js/a',
    '../package.json',
    '%2e%2e%2fpackage.json',
    '..%5cpackage.json',
    '__proto__',
    'constructor',
  ])('answers 404, %s is none of its files', async (name) => {
    const answer = await server.call('GET', `/docs/${name}`);
    expect([answer.status, answer.text.includes('"version"')]).toEqual([404, false]);
  });
});
