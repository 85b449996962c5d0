import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { closeLater } from '../../scripts/test-run/closing.ts';
import { createBrowser } from './browser.ts';

/** What the server was asked: method, path, host, cookies and body. */
const asked: string[] = [];

async function startServer(): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers: { host = '', cookie = '-' } } = request;
      asked.push([method, url, host, cookie, body].join(' ').trim());
      if (url === '/set') {
        const cookies = ['a=1; Path=/', 'b=2; Path=/deep; Secure', 'c=3; Max-Age=60; HttpOnly', 'a=; Path=/; Max-Age=0', 'd=4; Path=/'];
        response.writeHead(303, { location: 'deep/form?x=1', 'set-cookie': cookies }).end();
      } else if (url.startsWith('/deep/form')) {
        response.end('<form method="POST" action="/send?a=1&amp;b=2"><input name="hidden" value="&quot;x&quot;" type="hidden">'
          + '<input type="checkbox" name="remember"><input name=\'user\'><button name="go" value="yes">Go</button></form>');
      } else response.writeHead(302, { location: 'http://app.invalid/after?code=1' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => new Promise((resolve) => { server.close(resolve).closeAllConnections(); }));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // what a server on a port has
}

describe('createBrowser', () => {
  it('redirects, cookies and a form on a host with another name, as a browser does them', async () => {
    const browser = createBrowser({ stopsAt: ['http://app.invalid/'], hosts: { 'https://gate.example.com': await startServer() } });
    const page = await browser.open('https://gate.example.com/set');
    expect([page.url, page.status]).toEqual(['https://gate.example.com/deep/form?x=1', 200]);
    expect(await browser.submit(page, { user: 'ann' })).toEqual({ url: 'http://app.invalid/after?code=1', status: 0, html: '' });
    browser.clear();
    await browser.open('https://gate.example.com/send');
    expect(asked).toEqual([
      'GET /set gate.example.com -', 'GET /deep/form?x=1 gate.example.com b=2; c=3; d=4',
      'POST /send?a=1&b=2 gate.example.com c=3; d=4 hidden=%22x%22&user=ann&go=yes', 'GET /send gate.example.com -',
    ]);
  });

  it('a page without a form, cannot be sent', async () => {
    await expect(createBrowser().submit({ url: 'http://app.invalid/', status: 200, html: '<p>No form' })).rejects.toThrow('has no form: <p>');
  });
});
