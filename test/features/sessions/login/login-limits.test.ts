import { createHmac } from 'node:crypto';
import type { Answer, Client } from '../../../support/client/client.ts';
import { codeOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../../support/test-settings.ts';

const password = 'a long enough password';
const wrong = 'another long password';
const root = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password };

interface From {
  /** What the proxy says. */
  readonly source?: string;
  readonly cookie?: string;
  readonly url?: string;
}

function logIn(client: Client, email: string, secret: string, { source, cookie, url = '/users/login' }: From = {}): Promise<Answer> {
  const headers = {
    ...(source !== undefined && { 'X-Forwarded-For': source }), ...(cookie !== undefined && { Cookie: `other=1; ${cookie}` }),
  };
  return client.send('POST', url, { headers, body: { email, password: secret } });
}

/** The statuses of some wrong passwords, one after the other. */
async function fail(client: Client, count: number, email: string, from: From = {}): Promise<number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < count; time += 1) statuses.push((await logIn(client, email, wrong, from)).status);
  return statuses;
}

async function untilNotLimited(attempt: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await attempt();
    if (answer.status !== 429) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Makes every delay that has begun last for an hour, so that no test depends on how fast it goes on. */
async function hold({ stores }: TestGatehouse): Promise<void> {
  // Not by a regular expression: SecantusDB finds nothing by one where the field is indexed.
  const begun = (await stores.rateLimits.find().lean()).map(({ key }) => key).filter((key) => key.endsWith(':delay'));
  expect(begun).not.toEqual([]);
  await stores.rateLimits.updateMany({ key: { $in: begun } }, { $set: { expire: new Date(Date.now() + 3_600_000) } });
}

/** Uses up the ten free failures; answers the try that follows. */
async function exhaust(server: TestGatehouse, email: string, from: From): Promise<Answer> {
  expect(await fail(server.anonymous, 10, email, from)).toEqual(Array(10).fill(401));
  await hold(server);
  return logIn(server.anonymous, email, password, from);
}

const cookieOf = ({ headers }: Answer) => /^([^;]*)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';

describe('limits of logins', () => {
  let server: TestGatehouse;
  let ann: TestUser;
  let next = 0;
  let skew = 0;
  /** A network address that nobody has used before. */
  const source = () => `198.51.${Math.floor((next += 1) / 250)}.${next % 250}`;
  beforeAll(async () => {
    server = await startGatehouse({ settings: testSettings({ ...root, TRUST_PROXY: 'loopback' }), clock: () => Date.now() + skew });
  });
  beforeEach(async () => {
    skew = 0;
    ann = await server.newUser();
  });

  it('eleventh try, after ten failures, is 429 with the wait, also for the right password and at both URLs', async () => {
    const from = { source: source() };
    expect(await fail(server.anonymous, 5, ann.email, from)).toEqual([401, 401, 401, 401, 401]);
    expect(await fail(server.anonymous, 5, ann.email, { ...from, url: '/login' })).toEqual([401, 401, 401, 401, 401]);
    await hold(server);
    expect((await logIn(server.anonymous, ann.email, password, { ...from, url: '/login' })).status).toBe(429);
    await new Promise((resolve) => setTimeout(resolve, 1_050)); // until this node has to ask the database
    const { status, headers, body } = await logIn(server.anonymous, ann.email, password, from);
    expect({ status, body })
      .toMatchObject({ status: 429, body: { code: 'too-many-requests', title: 'Too Many Requests', error: 'Too Many Requests' } });
    const wait = headers.get('retry-after') ?? '';
    expect(Number(wait)).toBeGreaterThan(3_500);
    expect([headers.get('ratelimit'), headers.get('set-cookie')]).toEqual([`"login";r=0;t=${wait}`, null]);
    expect(headers.get('ratelimit-policy')).toMatch(/^"login";q=10;w=(86400|3600)$/);
  });

  it('delays, of failures that go on, double; a right password ends them', async () => {
    const from = { source: source() };
    expect(await fail(server.anonymous, 11, ann.email, from)).toEqual([...Array<number>(10).fill(401), 429]);
    for (const wait of ['1', '2']) {
      expect((await logIn(server.anonymous, ann.email, wrong, from)).headers.get('retry-after')).toBe(wait);
      expect((await untilNotLimited(() => logIn(server.anonymous, ann.email, wrong, from))).status).toBe(401);
    }
    expect((await logIn(server.anonymous, ann.email, wrong, from)).headers.get('retry-after')).toBe('4');
    expect((await untilNotLimited(() => logIn(server.anonymous, ann.email, password, from))).status).toBe(200);
    expect((await exhaust(server, ann.email, from)).status).toBe(429);
  }, 60_000);

  it('known source, while others use up the account, goes on and is limited for itself', async () => {
    const home = { source: source() };
    expect((await logIn(server.anonymous, ann.email, password, home)).status).toBe(200);
    for (let others = 0; others < 3; others += 1) await fail(server.anonymous, 5, ann.email, { source: source() });
    await hold(server);
    expect((await logIn(server.anonymous, ann.email, password, { source: source() })).status).toBe(429);
    expect((await logIn(server.anonymous, ann.email, password, home)).status).toBe(200);
    expect((await exhaust(server, ann.email, home)).status).toBe(429);
  });

  it('known source, while others use up the source, goes on', async () => {
    const cafe = { source: source() };
    expect((await logIn(server.anonymous, ann.email, password, cafe)).status).toBe(200);
    for (let others = 0; others < 10; others += 1) await fail(server.anonymous, 1, `nobody${others}@example.com`, cafe);
    await hold(server);
    const bob = await server.newUser();
    expect((await logIn(server.anonymous, bob.email, password, cafe)).status).toBe(429);
    expect((await logIn(server.anonymous, ann.email, password, cafe)).status).toBe(200);
  });

  it('known source, after 30 days, is no longer known', async () => {
    const home = { source: source() };
    await logIn(server.anonymous, ann.email, password, home);
    await exhaust(server, ann.email, { source: source() });
    skew = 30 * 24 * 3_600_000 + 1_000;
    expect((await logIn(server.anonymous, ann.email, password, home)).status).toBe(429);
  });

  it('known sources, as stored, are ten at most, name no address, and raise no version', async () => {
    for (let time = 0; time < 11; time += 1) await logIn(server.anonymous, ann.email, password, { source: source() });
    const user = await server.stores.users.findOne({ tenantId: 'default', _id: ann.userId }).select('+knownSources').lean();
    expect(user).toMatchObject({ version: 1, accessVersion: 1 });
    expect(user?.knownSources).toHaveLength(10);
    expect(JSON.stringify(user?.knownSources)).not.toMatch(/198\.51|127\.0/);
    expect(JSON.stringify((await server.superadmin.get(`/admin/load-user/${ann.userId}`, 200)).body)).not.toContain('knownSources');
  });

  it('known device, wherever it is while others use up account and source, goes on and is limited for itself', async () => {
    const cookie = cookieOf(await logIn(server.anonymous, ann.email, password, { source: source() }));
    const hotel = { source: source() };
    expect((await exhaust(server, ann.email, hotel)).status).toBe(429);
    const again = await logIn(server.anonymous, ann.email, password, { ...hotel, cookie });
    expect(again.status).toBe(200);
    expect(cookieOf(again)).not.toBe(cookie);
    expect((await exhaust(server, ann.email, { source: source(), cookie })).status).toBe(429);
  });

  it('device cookie, forged, expired or of another user, is ignored', async () => {
    const from = { source: source() };
    const cookie = cookieOf(await logIn(server.anonymous, ann.email, password, { source: source() }));
    const bob = await server.newUser();
    const foreign = cookieOf(await logIn(server.anonymous, bob.email, password, { source: source() }));
    const [name = '', value = ''] = cookie.split('=', 2);
    const claims = value.split('.').slice(0, 4).join('.');
    const made = `${name}=${claims}.${createHmac('sha256', 'guess').update(claims).digest('base64url')}`;
    await exhaust(server, ann.email, from);
    for (const forged of [made, foreign, cookie.replace(ann.userId, bob.userId), `${cookie}; ${cookie}`]) {
      expect((await logIn(server.anonymous, ann.email, password, { ...from, cookie: forged })).status).toBe(429);
    }
    skew = 366 * 24 * 3_600_000;
    expect((await logIn(server.anonymous, ann.email, password, { ...from, cookie })).status).toBe(429);
  });

  it('device cookie, sent instead of a token, opens nothing; a refused login sets none', async () => {
    const answer = await logIn(server.anonymous, ann.email, password, { source: source() });
    expect(answer.headers.get('set-cookie'))
      .toMatch(/^gatehouse_device=default\.[^;]+; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/);
    expect((await server.anonymous.send('GET', '/profile/me', { headers: { Cookie: cookieOf(answer) } })).status).toBe(401);
    expect((await logIn(server.anonymous, ann.email, wrong, { source: source() })).headers.has('set-cookie')).toBe(false);
  });

  it('unknown address, limited as a known one is', async () => {
    expect((await exhaust(server, 'unknown@example.com', { source: source() })).status).toBe(429);
    expect((await logIn(server.anonymous, 'UNKNOWN@example.com', wrong, { source: source() })).status).toBe(429);
  });

  it('source of an IPv6 address, is its /64', async () => {
    for (let host = 1; host <= 10; host += 1) {
      await fail(server.anonymous, 1, `v6-${host}@example.com`, { source: `2001:db8:1:2::${host}` });
    }
    await hold(server);
    expect((await logIn(server.anonymous, ann.email, password, { source: '2001:db8:1:2::ff' })).status).toBe(429);
    expect((await logIn(server.anonymous, ann.email, password, { source: '2001:db8:1:3::ff' })).status).toBe(200);
  });

  it('source that a proxy writes with ever new ports, is one', async () => {
    for (let port = 40_000; port < 40_010; port += 1) {
      await fail(server.anonymous, 1, `nobody${port}@example.com`, { source: `203.0.113.77:${port}` });
    }
    await hold(server);
    expect(await fail(server.anonymous, 1, 'somebody@example.com', { source: '203.0.113.77:50000' })).toEqual([429]);
  });

  it('refused logins, are recorded with their source, and the counters name nobody', async () => {
    const from = { source: source() };
    await exhaust(server, ann.email, from);
    expect(await fail(server.anonymous, 2, ann.email, from)).toEqual([429, 429]);
    const find = () => server.stores.auditRecords.find({ tenantId: 'default', ip: from.source, result: 'refused' }).sort({ _id: 1 }).lean();
    const isWritten = async () => (await find()).reduce((sum, { count }) => sum + count, 0) >= 13;
    for (let wait = 0; wait < 100 && !(await isWritten()); wait += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await find()).map(({ action, code, count }) => `${action} ${code ?? ''} ${count}`))
      .toEqual(['session.login invalid-credentials 10', 'session.login too-many-requests 3']);
    const stored = await server.stores.rateLimits.find().lean();
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.filter(({ key }) => !/^default:login-[a-z-]+:[\w-]{43}:(failures|delay|step)$/.test(key))).toEqual([]);
  });
});

describe('X-Forwarded-For', () => {
  it('from whom no proxy is trusted, counts for nothing', async () => {
    const server = await startGatehouse();
    for (let time = 0; time < 10; time += 1) await fail(server.anonymous, 1, `nobody${time}@example.com`, { source: `198.51.100.${time}` });
    await hold(server);
    expect(await fail(server.anonymous, 1, 'somebody@example.com', { source: '198.51.100.99' })).toEqual([429]);
    await server.close();
  });

  it('from a proxy that is not the trusted one, counts for nothing', async () => {
    const server = await startGatehouse({ settings: testSettings({ ...root, TRUST_PROXY: '192.0.2.0/24' }) });
    const { client } = await server.newUser();
    const answer = await client.send('GET', '/profile/sessions', { headers: { 'X-Forwarded-For': '198.51.100.1' }, expected: 200 });
    expect(answer.body.items[0]?.device.ip).toBe('127.0.0.1');
    expect(codeOf(await logIn(server.anonymous, 'root@example.com', wrong, { source: '192.0.2.1' }))).toBe('invalid-credentials');
    await server.close();
  });

  it('of several proxies, the last one that is not trusted counts', async () => {
    const server = await startGatehouse({ settings: testSettings({ ...root, TRUST_PROXY: 'loopback,10.0.0.0/8' }) });
    const { headers, status } = await logIn(
      server.anonymous, 'root@example.com', password, { source: '203.0.113.9, 198.51.100.7, 10.1.2.3' },
    );
    expect([status, headers.has('set-cookie')]).toEqual([200, true]);
    const stored = await server.stores.sessions.find({ tenantId: 'default' }).sort({ createdAt: -1 }).lean();
    expect(stored[0]?.device.ip).toBe('198.51.100.7');
    await server.close();
  });
});
