import { randomBytes } from 'node:crypto';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import type { MailOrder } from '../../../src/platform/changes/outbox.model.ts';
import { createModels, createStores } from '../../../src/boot/stores.ts';
import { createChangeService } from '../../../src/platform/changes/change.service.ts';
import { createOutboxStore } from '../../../src/platform/changes/outbox.store.ts';
import { createDatabase as createCollections } from '../../../src/platform/database/database.ts';
import { createAccountMailer } from '../../../src/features/accounts/account-mailer.ts';
import { createOneTimeTokenStore } from '../../../src/features/links/one-time-token.store.ts';
import type { Mailer } from '../../../src/platform/mail/mailer.ts';
import { createTenantLocations } from '../../../src/platform/database/tenancy/tenant-locations.ts';
import { hashOneTimeToken } from '../../../src/tokens/one-time-token.ts';
import { emailKeyOf } from '../../../src/http/input/email-address.ts';
import type { User } from '../../../src/features/users/user.model.ts';
import { contentOf } from '../../support/gatehouse/content.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import { testSettings } from '../../support/test-settings.ts';

const publicUrl = 'https://gate.example.com';
const minute = 60_000;
const { connection } = await createDatabase();
const tenantLocations = createTenantLocations();
const database = createCollections(connection, '', tenantLocations);
const stores = createModels(database);
const time = { now: Date.UTC(2027, 0, 1) };
const logged: unknown[] = [];
const refused = new Map<string, number>();

let mailbox: Mailbox;
const clock = () => time.now;
const changes = createChangeService({
  connection, outbox: createOutboxStore(stores.outbox), rehearsals: database.rehearsals, clock,
  raisePolicyVersion: () => Promise.resolve(), enforceQuota: () => Promise.resolve(), writeAudit: () => Promise.resolve([]),
});
let mailer: Mailer;
beforeAll(async () => {
  mailbox = await startMailbox({ refuse: (to) => refused.get(to) });
  const log = (...line: readonly unknown[]) => void logged.push(line);
  mailer = createAccountMailer({
    changes, clock, outbox: createOutboxStore(stores.outbox), stores: createStores(stores, { clock, tenantLocations }),
    tokens: createOneTimeTokenStore(stores.tokens),
    brands: { own: { name: 'Gatehouse' }, of: () => Promise.resolve(null) },
    settings: testSettings({ PUBLIC_URL: publicUrl, SMTP_URL: mailbox.url }), logger: { info: log, warn: log, error: log },
  });
  await database.buildIndexes();
  await stores.tenants.create({ _id: 'default', name: 'default', status: 'active', policyVersion: 1, version: 1 });
});
afterAll(async () => {
  await mailer.close();
});

type Changed = Partial<User> & { readonly without?: readonly ('email' | 'password')[] };

/** A user with a password whose address is not verified, unless told otherwise. */
async function newUser({ without = [], ...changed }: Changed = {}): Promise<{ userId: string; email: string }> {
  const userId = randomBytes(12).toString('hex');
  const email = `${userId}@example.com`;
  await stores.users.create([{
    _id: userId, tenantId: 'default', roles: [], isActive: true, accessVersion: 1, version: 1, createdAt: new Date(),
    ...(!without.includes('email') && { email, emailKey: emailKeyOf(email) }),
    ...(!without.includes('password') && { password: { hash: 'x', pepperId: '1' } }),
    ...changed,
  }]);
  return { userId, email };
}

/** Orders a mail and has everything sent that is due; answers what came. */
async function send(order: MailOrder) {
  const before = mailbox.mails().length;
  await changes.transact(systemActor('default'), (tx) => {
    tx.mail(order);
    return Promise.resolve();
  });
  await mailer.flush();
  return mailbox.mails().slice(before);
}

const tokensOf = (userId: string) => stores.tokens.find({ tenantId: 'default', userId }).lean();

describe('a mail with a link', () => {
  it.each([['verify-email', 24 * 60], ['reset-password', 30], ['invitation', 72 * 60], ['change-email', 60]] as const)(
    '%s, carries a token that is good for %i minutes and stored as its hash alone', async (kind, minutes) => {
      const { userId, email } = await newUser(kind === 'invitation' ? { without: ['password'] } : {});
      const to = kind === 'change-email' ? `new-${email}` : email;
      const [mail, ...more] = await send({ kind, userId, ...(kind === 'change-email' && { email: to }) });
      expect(more).toEqual([]);
      expect(mail).toMatchObject({ to, for: kind, from: 'Gatehouse <no-reply@gate.example.com>' });
      expect(mail?.link).toBe(`${publicUrl}/users/confirm#token=${mail?.token ?? ''}&for=${kind}`);
      expect(await tokensOf(userId))
        .toMatchObject([{ _id: hashOneTimeToken(mail?.token ?? ''), kind, email: to, expiresAt: new Date(time.now + minutes * minute) }]);
      const content = JSON.stringify(await contentOf(connection));
      for (const part of (mail?.token ?? '').split('.').slice(1)) expect(content).not.toContain(part);
      expect(JSON.stringify(await stores.outbox.find().lean())).not.toMatch(/@|"mail"/);
    });

  it.each(['verify-email', 'reset-password'] as const)('%s by an address in other letters, goes to the address as it is stored', async (
    kind,
  ) => {
    const { userId, email } = await newUser();
    expect(await send({ kind, email: email.toUpperCase() })).toMatchObject([{ to: email, for: kind }]);
    expect(await tokensOf(userId)).toHaveLength(1);
  });

  const nobody: [string, MailOrder['kind'], Changed][] = [
    ['a disabled user', 'verify-email', { isActive: false }], ['a disabled user', 'reset-password', { isActive: false }],
    ['a disabled user', 'invitation', { isActive: false, without: ['password'] }], ['a disabled user', 'change-email', { isActive: false }],
    ['a verified user', 'verify-email', { emailVerified: true }], ['a user with a password', 'invitation', {}],
    ['a user without address', 'verify-email', { without: ['email'] }],
    ['a user without address', 'reset-password', { without: ['email'] }],
    ['a user without address', 'invitation', { without: ['email', 'password'] }],
    ['a user of another tenant', 'reset-password', { tenantId: 'other' }],
  ];
  it.each(nobody)('to %s, %s, is neither sent nor given a token, and the order is forgotten', async (_who, kind, changed) => {
    const { userId, email } = await newUser(changed);
    expect(await send({ kind, userId, ...(kind === 'change-email' && { email: 'new@example.com' }) })).toEqual([]);
    if (['verify-email', 'reset-password'].includes(kind)) expect(await send({ kind, email })).toEqual([]);
    expect(await tokensOf(userId)).toEqual([]);
    expect(await stores.outbox.countDocuments({ mail: { $exists: true } })).toBe(0);
  });

  it('reset-password to a user whom a provider logs in and who has no password, is ordered by an administrator alone', async () => {
    const { userId, email } = await newUser({ hasIdentities: true, without: ['password'] });
    expect(await send({ kind: 'reset-password', email })).toEqual([]);
    expect(await tokensOf(userId)).toEqual([]);
    expect(await send({ kind: 'reset-password', userId })).toMatchObject([{ to: email }]);
    const both = await newUser({ hasIdentities: true });
    expect(await send({ kind: 'reset-password', email: both.email })).toMatchObject([{ to: both.email }]);
  });

  it('to nobody known, is not sent and leaves no address', async () => {
    for (const kind of ['verify-email', 'reset-password'] as const) expect(await send({ kind, email: 'unknown@example.com' })).toEqual([]);
    expect(await send({ kind: 'reset-password', userId: 'unknown' })).toEqual([]);
    expect(JSON.stringify(await stores.outbox.find().lean())).not.toContain('unknown@');
  });

  it('change-email without user or new address, is not sent to the present user of the address', async () => {
    const { userId, email } = await newUser();
    expect(await send({ kind: 'change-email', email })).toEqual([]);
    expect(await send({ kind: 'change-email', userId })).toEqual([]);
  });

  it('asked for twice, is good in its newer one alone', async () => {
    const { userId } = await newUser();
    const [old] = await send({ kind: 'reset-password', userId });
    const [fresh] = await send({ kind: 'reset-password', userId });
    expect(old?.token).not.toBe(fresh?.token);
    expect((await tokensOf(userId)).map(({ _id }) => _id)).toEqual([hashOneTimeToken(fresh?.token ?? '')]);
  });

  it('refused at first, comes with a token of its own in place of the first', async () => {
    const { userId, email } = await newUser();
    refused.set(email, 451);
    expect(await send({ kind: 'reset-password', userId })).toEqual([]);
    const [first] = await tokensOf(userId);
    refused.delete(email);
    time.now += 1_000;
    await mailer.flush();
    const mail = await mailbox.next(email);
    expect(await tokensOf(userId)).toMatchObject([{ _id: hashOneTimeToken(mail.token), expiresAt: new Date(time.now + 30 * minute) }]);
    expect(first?._id).not.toBe(hashOneTimeToken(mail.token));
    expect(JSON.stringify(logged)).not.toContain(email);
  });

  it('a name that could carry a message or a header, is not in it', async () => {
    const { userId } = await newUser({ username: 'x\r\nBcc: eve@example.com\r\n\r\nGo to https://evil.example.com' });
    const [mail] = await send({ kind: 'verify-email', userId });
    expect(mail?.raw).not.toMatch(/evil|eve@/);
    expect(mail?.text).toMatch(/^Hello,\n/);
  });
});

describe('a notice', () => {
  it.each([
    'password-changed', 'email-changed', 'identity-linked', 'identity-unlinked',
  ] as const)('%s, goes to the given address, also of a user who is gone, without a link', async (kind) => {
    const [mail] = await send({ kind, userId: 'gone', email: 'old@example.com' });
    expect(mail).toMatchObject({ to: 'old@example.com', link: '' });
    expect(await tokensOf('gone')).toEqual([]);
  });

  it('without an address, goes to the user\'s own, or to nobody', async () => {
    const { userId, email } = await newUser({ username: 'ann' });
    expect(await send({ kind: 'password-changed', userId }))
      .toMatchObject([{ to: email, text: expect.stringContaining('Hello ann,') as string }]);
    expect(await send({ kind: 'password-changed', userId: 'gone' })).toEqual([]);
  });
});
