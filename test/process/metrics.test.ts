import { createProcesses } from '../support/processes.ts';

// The stand-alone server with METRICS_PORT: a second port, which tells what the first one does.

const processes = createProcesses();
describe('npm start, with METRICS_PORT', () => {
  it('listens on a second port for /metrics alone, says where, and ends both', async () => {
    const running = processes.start('src/cli/cli.ts', ['start', '--ephemeral'], {
      env: {
        PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent', TMPDIR: processes.folder, SUPERADMIN_EMAIL: 'root@example.com',
        SUPERADMIN_PASSWORD: 'a long enough password',
      },
    });
    const [, origin = ''] = await running.until(/listens on (\S+)/);
    const [, metrics = ''] = await running.until(/ {2}metrics {3}(\S+\/metrics)\n/);
    expect((await fetch(`${origin}/nowhere`)).status).toBe(404);
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
    const text = await (await fetch(metrics)).text();
    expect(text).toContain('gatehouse_decisions_total{result="refused",reason="unknown-url"} 2\n');
    expect(text).toContain('gatehouse_request_duration_seconds_count{method="any",url="unknown",status="4xx"} 2\n');
    expect((await fetch(metrics.replace('/metrics', '/livez'))).status).toBe(404);
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ code: 0, signal: null });
  }, 60_000);
});
