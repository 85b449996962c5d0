import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { startServer } from '../support/server.ts';

describe('the authenticator', () => {
  it('in a second app, refuses every request: the census has not seen what it serves', async () => {
    const lines: string[] = [];
    const seen = await startServer({ logger: pino({ level: 'error' }, { write: (line) => void lines.push(line) }) });
    let ran = 0;
    const second = express().use(seen.gatehouse.authenticator).get('/livez', (_request, response) => void response.end(`${ran += 1}`)).listen(0, '127.0.0.1');
    try {
      await once(second, 'listening');
      const ask = async () => (await (await fetch(`http://127.0.0.1:${(second.address() as AddressInfo).port}/livez`)).json() as { code: string }).code; // it listens on a port
      expect([await ask(), await ask()]).toEqual(['grant-mismatch', 'grant-mismatch']);
      expect(ran).toBe(0);
      expect(lines.filter((line) => line.includes('gatehouse.init(app) has not seen'))).toHaveLength(1);
      await seen.anonymous.get('/livez', 200);
    } finally {
      second.close();
      await seen.close();
    }
  });
});
