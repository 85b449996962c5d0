import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createMetrics } from '../../src/platform/metrics/metrics.ts';
import { createMetricsServer } from '../../src/process/metrics.server.ts';
import { readMetrics } from '../platform/metrics/read-metrics.ts';

describe('the server for METRICS_PORT', () => {
  it('answers GET and HEAD of /metrics, and nothing else', async () => {
    const gathered = createMetrics();
    const metrics = createMetricsServer(gathered.read).listen(0, '127.0.0.1');
    await once(metrics, 'listening');
    const origin = `http://127.0.0.1:${(metrics.address() as AddressInfo).port}`; // it listens on a port, not a pipe
    try {
      const answer = await fetch(`${origin}/metrics?name=x`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      expect(readMetrics(await answer.text()).types.has('gatehouse_logins_total')).toBe(true);
      expect(await (await fetch(`${origin}/metrics`, { method: 'HEAD' })).text()).toBe('');
      for (const path of [
        '/', '/livez', '/metrics/', '/Metrics', '//metrics', '/profile/me',
      ]) expect([path, (await fetch(origin + path)).status]).toEqual([path, 404]);
      const posted = await fetch(`${origin}/metrics`, { method: 'POST' });
      expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    } finally {
      metrics.closeAllConnections();
      metrics.close();
      gathered.close();
    }
  });

  it('what cannot be read, is 500 without its cause', async () => {
    const metrics = createMetricsServer(() => Promise.reject(new Error('secret'))).listen(0, '127.0.0.1');
    await once(metrics, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(metrics.address() as AddressInfo).port}/metrics`); // likewise
    expect([answer.status, (await answer.text()).includes('secret')]).toEqual([500, false]);
    metrics.closeAllConnections();
    metrics.close();
  });
});
