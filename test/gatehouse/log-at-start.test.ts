import express from 'express';
import { pino } from 'pino';
import { createGatehouse } from '../../src/gatehouse.ts';
import { createUnconnected } from '../../src/platform/database/connect.ts';
import { serve } from '../http/route/serve.ts';
import { testSettings } from '../support/test-settings.ts';

/** A Gatehouse that was never opened, and what it logs besides the requests. */
function create(settings = testSettings()) {
  const messages: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => { messages.push((JSON.parse(line) as { msg: string }).msg); } });
  return { gatehouse: createGatehouse({ connection: createUnconnected(), settings, logger }), messages };
}

describe('the log', () => {
  it('requests without init, says once that it was forgotten', async () => {
    const { gatehouse, messages } = create();
    const server = await serve(express().use(gatehouse.authenticator, gatehouse.routes()));
    for (let time = 0; time < 3; time += 1) {
      expect(await server.call('GET', '/livez')).toMatchObject({ status: 503, json: { code: 'not-ready' } });
    }
    await server.close();
    await gatehouse.close();
    expect(messages.filter((message) => message.includes('gatehouse.init(app)'))).toHaveLength(1);
  });

  it('an app below a path of another one, says where it is mounted', async () => {
    const lines: string[] = [];
    const gatehouse = createGatehouse({ connection: createUnconnected(), settings: testSettings(), logger: pino(
      { level: 'warn' }, { write: (line) => { lines.push(line); } },
    ) });
    const server = await serve(express().use('/auth', express().use(gatehouse.authenticator)));
    expect(await server.call('GET', '/auth/livez')).toMatchObject({ status: 500, json: { code: 'route-mismatch' } });
    await server.close();
    await gatehouse.close();
    expect(lines.join('')).toContain('The app of the gate is mounted at /auth: serve it from the root');
  });

  it.each([
    ['http://gate.example.com', 1], ['https://gate.example.com', 0],
  ])('PUBLIC_URL %s in production, says whether it is unencrypted', async (url, times) => {
    const { gatehouse, messages } = create({ ...testSettings({ PUBLIC_URL: url }), production: true, mail: {
      smtpUrl: 'smtp://127.0.0.1:1', folder: null, from: { name: '', address: 'a@example.com' }, templates: null,
    } });
    await gatehouse.close();
    expect(messages.filter((message) => message.startsWith('PUBLIC_URL does not begin with https:'))).toHaveLength(times);
  });
});
