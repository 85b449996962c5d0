import { request } from 'node:http';
import { documentedOperations } from '../../support/client/operations.ts';
import { itemsOf } from '../../support/answers.ts';
import { expectProblem } from '../../support/expect-error.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { readMetrics } from './read-metrics.ts';
import { eventually } from '../../support/eventually.ts';

const token = 'a-token-of-32-characters-or-more';
const superadmin = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' };
const withToken = () => testSettings({ ...superadmin, METRICS_TOKEN: token });

let server: TestGatehouse;
let hung: (() => void) | undefined;
beforeAll(async () => {
  server = await startGatehouse({
    settings: withToken(),
    urls: { simple: { '/': ['hangs'] }, auth: { '/items/': [':itemId'] } },
    host(app) {
      app.get('/items/:itemId', (_request, response) => void response.json({}));
      app.get('/hangs', () => hung?.());
    },
  });
});
const scrape = async (from = server) => readMetrics((await from.anonymous.withToken(token).get('/metrics', 200)).body);
const decisions = async (reason: string) => (await scrape()).value('gatehouse_decisions_total', { reason }) ?? 0;
const answered = async (labels: Record<string, string>) => (await scrape()).value('gatehouse_request_duration_seconds_count', labels) ?? 0;

/** By how much a value grows while something is done. */
async function growth(value: () => Promise<number>, work: () => Promise<unknown>): Promise<number> {
  const before = await value();
  await work();
  return await value() - before;
}

describe('GET /metrics, with METRICS_TOKEN', () => {
  it('right token, answers Prometheus\'s text format', async () => {
    const { headers, body } = await server.anonymous.withToken(token).get('/metrics', 200);
    expect(headers.get('content-type')).toMatch(/^text\/plain;(?=.*version=0\.0\.4)(?=.*charset=utf-8)/);
    expect(readMetrics(body).types.get('gatehouse_decisions_total')).toBe('counter');
  });

  it.each([
    ['no token', undefined, 'token-missing'],
    ['a wrong token', `Bearer ${token.replace('a', 'b')}`, 'token-invalid'],
    ['a part of it', `Bearer ${token.slice(0, -1)}`, 'token-invalid'],
    ['the token as a password', `Basic ${token}`, 'token-missing'],
    ['no token behind the scheme', 'Bearer', 'token-malformed'],
  ] as const)('%s, is 401 with a challenge and no metrics', async (_, authorization, code) => {
    const answer = await server.anonymous.send(
      'GET', '/metrics', { headers: authorization === undefined ? {} : { Authorization: authorization } },
    );
    expectProblem(code, answer);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="gatehouse"/);
    expect(JSON.stringify(answer.body)).not.toContain('gatehouse_');
  });

  it('the session of a superadmin, is refused as any other wrong token', async () => {
    expectProblem('token-invalid', await server.superadmin.get('/metrics'));
  });

  it('a wrong token, is counted and recorded', async () => {
    const reason = async () => (await scrape()).value('gatehouse_handler_refusals_total', { reason: 'token-invalid' }) ?? 0;
    expect(await growth(reason, () => server.superadmin.get('/metrics', 401))).toBe(1);
    const seen = async () => itemsOf(await server.superadmin.get('/audit/load?action=request', 200)).some(
      ({ url, code }) => url === '/metrics' && code === 'token-invalid',
    );
    await eventually(seen);
  });

  it('other methods, are 405', async () => {
    expect((await server.anonymous.withToken(token).post('/metrics', {})).status).toBe(405);
  });

  it('openapi, names it with its text and its refusals', async () => {
    const operation = (await documentedOperations(server.anonymous)).find(({ method, path }) => method === 'GET' && path === '/metrics');
    expect(Object.keys(operation?.responses['200']?.content ?? {})).toEqual(['text/plain']);
    expect(Object.keys(operation?.responses ?? {})).toContain('401');
  });
});

describe('what is counted', () => {
  it.each([
    ['simple', () => server.anonymous.get('/livez', 200)],
    ['auth', () => server.superadmin.get('/profile/me', 200)],
    ['config', () => server.superadmin.get('/roles/load', 200)],
    ['options', () => server.anonymous.send('OPTIONS', '/livez', { expected: 204 })],
    ['token-missing', () => server.anonymous.get('/profile/me', 401)],
    ['unknown-url', () => server.anonymous.get('/nowhere', 404)],
    ['target-not-plain', () => server.anonymous.get('/profile//me', 400)],
    ['method-not-allowed', () => server.anonymous.post('/livez', {}, 405)],
  ])('a decision, %s, is counted once', async (reason, ask) => {
    // Each scrape is a decision about a simple URL itself.
    expect(await growth(() => decisions(reason), ask) - (reason === 'simple' ? 1 : 0)).toBe(1);
  });

  it('a missing right, is counted by its code and timed at the URL as it is registered', async () => {
    const ann = await server.newUser();
    const ask = () => fetch(`${server.origin}/items/7?secret=1`, { headers: { Authorization: `Bearer ${ann.client.token ?? ''}` } }).then(
      (response) => response.text(),
    );
    expect(await growth(() => decisions('right-missing'), ask)).toBe(1);
    expect(await growth(() => answered({ method: 'GET', url: '/items/:itemId', status: '4xx' }), ask)).toBe(1);
  });

  it('paths that nobody registered, share one line', async () => {
    const ask = async () => {
      for (let at = 0; at < 20; at += 1) await server.anonymous.get(`/nowhere/${at}`, 404);
    };
    expect(await growth(() => answered({ url: 'unknown', status: '4xx' }), ask)).toBe(20);
    expect((await scrape()).samples.filter(({ labels }) => labels['url']?.includes('nowhere'))).toEqual([]);
  });

  it('logins, are counted by result', async () => {
    const logIn = (password: string) => server.anonymous.post('/users/login', { email: 'root@example.com', password });
    const counted = (result: string) => async () => (await scrape()).value('gatehouse_logins_total', { result }) ?? 0;
    expect(await growth(counted('succeeded'), () => logIn('a long enough password'))).toBe(1);
    expect(await growth(counted('invalid-credentials'), () => logIn('not the password'))).toBe(1);
  });

  it('looks into memory, of a token that is new and then known, are counted', async () => {
    const looks = async () => {
      const { value } = await scrape();
      return ['token hit', 'token miss', 'grants hit', 'grants miss'].map((each) => {
        const [cache = '', result = ''] = each.split(' ');
        return value('gatehouse_cache_lookups_total', { cache, result }) ?? 0;
      });
    };
    const ann = await server.newUser();
    const before = await looks();
    await ann.client.get('/profile/me', 200);
    const first = await looks();
    await ann.client.get('/profile/me', 200);
    const second = await looks();
    // What the login compiled is there for the first request.
    expect(first.map((count, at) => count - (before[at] ?? 0))).toEqual([0, 1, 1, 0]);
    expect(second.map((count, at) => count - (first[at] ?? 0)).slice(0, 2)).toEqual([1, 0]);
  });

  it('what a handler forbids, is counted by its code', async () => {
    const admin = await server.newUser('admin');
    const reason = async () => (await scrape()).value('gatehouse_handler_refusals_total', { reason: 'target-outranks-caller' }) ?? 0;
    const { body } = await server.superadmin.get('/profile/me', 200);
    const { userId } = body.user;
    expect(await growth(reason, () => admin.client.post('/admin/disable-user', { userId }, 403))).toBe(1);
  });

  it('a caller who goes away, is timed as aborted', async () => {
    const reached = new Promise<void>((resolve) => (hung = resolve));
    const line = () => answered({ url: '/hangs', status: 'aborted' });
    const sent = request(`${server.origin}/hangs`).on('error', () => undefined).end();
    await reached;
    sent.destroy();
    for (let waited = 0; waited < 5_000 && await line() === 0; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await line()).toBe(1);
  });

  it('passwords, are hashed in threads that metrics see', async () => {
    const { by } = await scrape();
    expect(by('gatehouse_password_jobs', 'state')).toEqual({ running: 0, queued: 0 });
  });
});

describe('without METRICS_TOKEN', () => {
  it('GET /metrics, is an unknown URL, whatever is sent; the host reads its own instance', async () => {
    const other = await startGatehouse();
    try {
      for (const client of [other.anonymous, other.superadmin, other.anonymous.withToken(token)]) {
        expectProblem('unknown-url', await client.get('/metrics'));
      }
      expect((await documentedOperations(other.anonymous)).map(({ path }) => path)).not.toContain('/metrics');
      const before = readMetrics(await other.gatehouse.metrics());
      expect(before.value('gatehouse_decisions_total', { reason: 'unknown-url' })).toBe(3);
      expect(before.samples.filter(({ name }) => name.startsWith('gatehouse_request_duration'))).toEqual([]);
      await other.anonymous.get('/livez', 200);
      expect(readMetrics(await other.gatehouse.metrics()).value('gatehouse_request_duration_seconds_count', { url: '/livez' })).toBe(1);
      expect(await growth(() => decisions('auth'), () => other.superadmin.get('/profile/me', 200))).toBe(0);
    } finally {
      await other.close();
    }
  });
});
