import type { Answer, Client } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

let now = Date.now();
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
const server = await startGatehouse({ clock: () => now, settings });

async function logIn(): Promise<Tokens> {
  const { email, password } = await server.newUser();
  const { body } = await server.anonymous.post('/users/login', { email, password }, 200);
  return body;
}

async function refresh(
  refreshToken: string, client: Client = server.anonymous,
): Promise<Answer & { readonly body: Tokens & { readonly code?: string } }> {
  const answer = await client.post('/users/refresh', { refresh_token: refreshToken });
  return answer as Answer & { body: Tokens & { code?: string } }; // the same
}

const meOf = async ({ access_token: token }: Tokens) => (await server.anonymous.withToken(token).get('/profile/me')).status;

/** Another process, as it were: it shares nothing with the server but settings and database. */
const restart = () => startGatehouse({ clock: () => now, settings, database: server.database });

describe('refresh', () => {
  it('once, gives the same session a new access token and a new refresh token', async () => {
    const first = await logIn();
    now += 60_000;
    const { status, body } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 6000, user: { roles: ['guest'] } });
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(body.access_token).not.toBe(first.access_token);
    expect([await meOf(first), await meOf(body)]).toEqual([200, 200]);
    expect(sidOf(body.access_token)).toBe(sidOf(first.access_token));
  });

  it('20 times at once with one token, gives one successor to all and leaves one live token', async () => {
    const first = await logIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(first.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    const stored = await server.stores.sessions.findOne({ tenantId: 'default', _id: sidOf(first.access_token) }).lean();
    expect(stored?.refresh?.used).toHaveLength(1);
  });

  it('by two tabs within 10 s, also a step behind, ends in one branch that both hold', async () => {
    const first = await logIn();
    const fast = (await refresh(first.refresh_token)).body;
    const faster = (await refresh(fast.refresh_token)).body;
    now += 9_000;
    const slow = (await refresh(first.refresh_token)).body;
    expect(slow.refresh_token).toBe(fast.refresh_token);
    expect((await refresh(slow.refresh_token)).body.refresh_token).toBe(faster.refresh_token);
    now += 60_000;
    expect((await refresh(faster.refresh_token)).status).toBe(200);
  });

  it('with a used token after 10 s, ends the session and its live token, and no other session of the user', async () => {
    const { email, password } = await server.newUser();
    const [mine, other] = await Promise.all(
      [1, 2].map(async () => (await server.anonymous.post('/users/login', { email, password }, 200)).body),
    );
    if (!mine || !other) throw new Error('Two logins were made.');
    const thief = (await refresh(mine.refresh_token)).body;
    now += 10_001;
    const answer = await refresh(mine.refresh_token);
    expect([answer.status, answer.body.code]).toEqual([401, 'refresh-token-invalid']);
    expect([await meOf(mine), await meOf(thief), (await refresh(thief.refresh_token)).status]).toEqual([401, 401, 401]);
    expect([await meOf(other), (await refresh(other.refresh_token)).status]).toEqual([200, 200]);
    const records = await server.stores.auditRecords.find(
      { tenantId: 'default', action: 'session.end-for-reuse', 'target.id': sidOf(mine.access_token) },
    ).lean();
    expect(records).toHaveLength(1);
  });

  it('with a token of many exchanges ago, ends the session', async () => {
    const first = await logIn();
    let last = first;
    for (let round = 0; round < 12; round += 1) last = (await refresh(last.refresh_token)).body;
    now += 10_001;
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await refresh(last.refresh_token)).status).toBe(401);
  });

  it('after a restart, gives the successor of before within 10 s, and notices reuse later', async () => {
    const first = await logIn();
    const before = (await refresh(first.refresh_token)).body;
    const restarted = await restart();
    try {
      expect((await refresh(first.refresh_token, restarted.anonymous)).body.refresh_token).toBe(before.refresh_token);
      now += 10_001;
      expect((await refresh(first.refresh_token, restarted.anonymous)).status).toBe(401);
      expect((await refresh(before.refresh_token, restarted.anonymous)).status).toBe(401);
    } finally {
      await restarted.close();
    }
  });

  it('after logout, or when the user is disabled, is refused', async () => {
    const gone = await logIn();
    await server.anonymous.withToken(gone.access_token).post('/users/logout', undefined, 204);
    expect((await refresh(gone.refresh_token)).body.code).toBe('refresh-token-invalid');

    const { email, password, userId } = await server.newUser();
    const disabled = (await server.anonymous.post('/users/login', { email, password }, 200)).body;
    await server.superadmin.post('/admin/disable-user', { userId }, 200);
    expect((await refresh(disabled.refresh_token)).body.code).toBe('refresh-token-invalid');
  });

  it('of a user who is disabled while their session stays, is refused as documented', async () => {
    const { email, password, userId } = await server.newUser();
    const { refresh_token: token } = (await server.anonymous.post('/users/login', { email, password }, 200)).body;
    await server.stores.users.updateOne({ tenantId: 'default', _id: userId }, { $set: { isActive: false } });
    expect((await refresh(token)).body.code).toBe('user-disabled');
  });

  it('the database read by a thief, holds no token that works', async () => {
    const { refresh_token: token } = await logIn();
    const stored = JSON.stringify(await server.connection.collection('sessions').find().toArray());
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(token.split('.')[1]);
  });

  it.each([
    '', 'x', 'default.x', `default.${'A'.repeat(43)}`, `other.${'A'.repeat(43)}`, '../x', 'default.$ne',
  ])('with %j, is refused', async (token) => {
    const { status } = await refresh(token);
    expect(status).toBe(token === '' ? 422 : 401);
  });

  it('8 hours after the login, however often it was exchanged, is refused', async () => {
    let last = await logIn();
    for (let hour = 0; hour < 7; hour += 1) {
      now += 3_600_000;
      last = (await refresh(last.refresh_token)).body;
    }
    now += 3_600_000;
    expect((await refresh(last.refresh_token)).body.code).toBe('session-ended');
  });
});

function sidOf(accessToken: string): string {
  const claims = JSON.parse(
    Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString(),
  ) as { sid: string }; // made by the server under test
  return claims.sid;
}
