import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { standardPassword } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

describe('two nodes with clocks that differ', () => {
  const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: standardPassword });
  let one: TestGatehouse;
  let other: TestGatehouse;
  let ahead = 0;
  beforeAll(async () => {
    one = await startGatehouse({ settings });
    other = await startGatehouse({ settings, database: one.database, clock: () => Date.now() + ahead });
  });
  beforeEach(() => {
    ahead = 0;
  });

  /** What a node says to a token that another one has just issued. */
  async function ask(issuer: TestGatehouse, asked: TestGatehouse): Promise<string> {
    const { token } = await issuer.anonymous.logIn('root@example.com', standardPassword);
    const { status, body } = await asked.anonymous.withToken(token ?? '').get('/profile/me');
    return status === 200 ? 'taken' : (body as { code: string }).code;
  }

  it.each([3, 30, 59])('by %s s, take each other\'s tokens', async (seconds) => {
    ahead = seconds * 1_000;
    expect([await ask(other, one), await ask(one, other)]).toEqual(['taken', 'taken']);
  });

  it('by more than the tolerance, refuse what is dated in the future', async () => {
    ahead = 70_000;
    expect([await ask(other, one), await ask(one, other)]).toEqual(['token-not-yet-valid', 'taken']);
  });

  it('end a session exactly, each by its own clock', async () => {
    const { userId, client } = await one.newUser();
    await one.stores.sessions.updateOne({ tenantId: 'default', userId }, { $set: { expiresAt: new Date(Date.now() + 30_000) } });
    const there = other.anonymous.withToken(client.token ?? '');
    await there.get('/profile/me', 200);
    ahead = 30_000;
    expect((await there.get('/profile/me', 401)).body).toMatchObject({ code: 'session-ended' });
  });
});
