import { systemActor } from '../../../src/platform/changes/actor.ts';
import { createChangeService } from '../../../src/platform/changes/change.service.ts';
import { createOutboxStore } from '../../../src/platform/changes/outbox.store.ts';
import { createRehearsals } from '../../../src/platform/database/rehearsals.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mail } from '../../support/mailbox.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

/** Orders a mail as another node would that died before it sent any. */
async function orderElsewhere({ connection, stores }: TestGatehouse, userId: string): Promise<void> {
  const changes = createChangeService({
    rehearsals: createRehearsals(), connection, outbox: createOutboxStore(stores.outbox), clock: Date.now,
    raisePolicyVersion: () => Promise.resolve(), enforceQuota: () => Promise.resolve(), writeAudit: () => Promise.resolve([]),
  });
  await changes.transact(systemActor('default'), (tx) => {
    tx.mail({ kind: 'reset-password', userId });
    return Promise.resolve();
  });
}

describe('a Gatehouse', () => {
  it('that runs, sends what another node left, with links to its public URL, and nothing once it is closed', async () => {
    const mailbox = await startMailbox();
    const login = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' };
    const server = await startGatehouse(
      { settings: testSettings({ ...login, SMTP_URL: mailbox.url, PUBLIC_URL: 'https://gate.example.com' }) },
    );
    const { userId, email } = await server.newUser();
    await orderElsewhere(server, userId);
    const reset = ({ to, for: kind }: Mail) => to === email && kind === 'reset-password';
    const mail = await mailbox.next(reset, 10_000);
    expect(mail.link).toMatch(/^https:\/\/gate\.example\.com\/users\/confirm#token=default\.[\w-]{43}&for=reset-password$/);
    await server.gatehouse.close();
    await orderElsewhere(server, userId);
    await expect(mailbox.next(reset, 2_500)).rejects.toThrow('No such mail');
    await server.close();
    await mailbox.close();
  }, 30_000);
});
