import { codeOf } from '../../support/answers.ts';
import { documentedOperations } from '../../support/client/operations.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mail } from '../../support/mailbox.ts';
import { testSettings } from '../../support/test-settings.ts';
import { providerBody } from '../sso/provider-content.ts';
import { linkKinds, mailKinds } from '../../../src/platform/mail/mails.ts';
import type { MailKind } from '../../../src/platform/mail/mails.ts';

const password = 'purple monkey dishwasher';
const other = 'another fine long phrase';
const appName = 'Example "School" & <Co>';
const ofTenant = 'Acme, Inc.';
const product = /gatehouse/i;
const mailbox = await startMailbox();
const settings = testSettings({
  SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SMTP_URL: mailbox.url, APP_NAME: appName,
});
const gatehouse = await startGatehouse({ settings });
const { anonymous, superadmin } = gatehouse;

/** What a person reads of a mail: its readable headers and its text. */
const readable = ({ from, subject, text }: Mail) => [from, subject, text].join('\n');

/** Causes a mail of every kind in a tenant whose admin was just invited. */
async function mailsOfEveryKind(node: TestGatehouse, tenant: string, admin: string): Promise<Mail[]> {
  const next = (to: string, kind: string) => mailbox.next((mail) => mail.to === to && (mail.for === kind || mail.for === ''));
  const invitation = await next(admin, 'invitation');
  await node.anonymous.post('/users/reset-password', { token: invitation.token, password }, 200);
  const email = `user-of-${admin}`;
  await node.anonymous.post('/users/register', { email, password, tenant }, 201);
  const verify = await next(email, 'verify-email');
  await node.anonymous.post('/users/verify-email', { token: verify.token, password }, 200);
  await node.anonymous.post('/users/forgot-password', { email, tenant }, 202);
  const reset = await next(email, 'reset-password');
  await node.anonymous.post('/users/reset-password', { token: reset.token, password: other }, 200);
  const changed = await next(email, 'password-changed');
  const { body: { access_token: token } } = await node.anonymous.post('/users/login', { email, password: other, tenant }, 200);
  await node.anonymous.send('POST', '/profile/change-email', {
    headers: { Authorization: `Bearer ${token}` }, body: { email: `new-${email}`, password: other }, expected: 202,
  });
  const change = await next(`new-${email}`, 'change-email');
  await node.anonymous.post('/users/verify-email', { token: change.token, password: other }, 200);
  const { body: { providerId } } = await node.superadmin.post(`/identity-providers/create?tenant=${tenant}`, providerBody(), 201);
  await node.superadmin.post(`/identity-providers/invite?tenant=${tenant}`, { providerId, email: `it-of-${admin}` });
  const setUp = await next(`it-of-${admin}`, 'set-up-provider');
  return [invitation, verify, reset, changed, change, setUp, await next(email, 'email-changed')];
}

async function brandFor(token?: string) {
  return (await anonymous.post('/users/link-branding', token === undefined ? {} : { token }, 200)).body;
}

describe('the name of the product', () => {
  it('with a name of the tenant, is in none of its mails, and the name of the tenant is the sender of each', async () => {
    await superadmin.post('/tenants/create', {
      name: 'acme-named', settings: { branding: { name: ofTenant } }, admin: { email: 'boss@acme.example' },
    }, 201);
    const arrived = await mailsOfEveryKind(gatehouse, 'acme-named', 'boss@acme.example');
    // The link to a provider's set-up has a page of its own, so it does not say what it is for.
    const named = linkKinds.filter((kind) => kind !== 'set-up-provider');
    expect(arrived.map((mail) => mail.for).filter((kind) => kind !== '').sort()).toEqual(named.sort());
    // The daily check of domains and the links of identities order the missing kinds, which have tests of their own.
    const missing: readonly MailKind[] = ['domain-lost', 'identity-linked', 'identity-unlinked'];
    expect(arrived).toHaveLength(mailKinds.filter((kind) => !missing.includes(kind)).length);
    for (const mail of arrived) {
      expect([readable(mail), product.test(readable(mail)), readable(mail).includes('Example')]).toEqual([readable(mail), false, false]);
      expect([mail.subject.includes(ofTenant), mail.from]).toEqual([true, `"${ofTenant}" <no-reply@localhost>`]);
    }
    expect(await brandFor(arrived[1]?.token)).toEqual({ name: ofTenant });
  });

  it('with APP_NAME, is in no mail of a tenant without a name', async () => {
    await superadmin.post('/tenants/create', { name: 'plain-tenant', admin: { email: 'boss@plain.example' } }, 201);
    const mail = await mailbox.next('boss@plain.example');
    expect(readable(mail)).not.toMatch(product);
    expect(mail.text.replace(/\s+/g, ' ')).toContain(`an account of ${appName} was created`);
    expect(await brandFor(mail.token)).toEqual({ name: appName });
  });

  it('with APP_NAME, is on no page and in no file of a page', async () => {
    const operations = await documentedOperations(anonymous);
    const pages = operations.filter(({ method, path }) => method === 'GET' && !path.includes('{'));
    let checked = 0;
    for (const { path } of pages) {
      const { headers, body } = await anonymous.get(path as '/docs');
      if (!/^text\/html/.test(headers.get('content-type') ?? '')) continue;
      checked += 1;
      expect([path, String(body).match(product)]).toEqual([path, null]);
    }
    expect(checked).toBe(5);
    for (const file of ['start.js', 'look.css']) {
      expect(await (await fetch(`${gatehouse.origin}/docs/${file}`)).text()).not.toMatch(product);
    }
    const { body: docs } = await anonymous.get('/docs');
    expect(docs).toContain('<title>Example &quot;School&quot; &amp; &lt;Co&gt; API</title>');
    expect((await anonymous.get('/openapi.json', 200)).body).toMatchObject({ info: { title: appName } });
  });
});

describe('POST /users/link-branding', () => {
  it('with a token that is no longer valid, made up, of nobody or absent, tells the same as for a valid one of its tenant', async () => {
    const id = (await gatehouse.stores.tenants.findOne({ name: 'acme-named' }).lean())?._id ?? '';
    const madeUp = 'A'.repeat(43);
    expect(await brandFor(`${id}.${madeUp}`)).toEqual({ name: ofTenant });
    for (const token of [`nobody.${madeUp}`, 'x', `default.${madeUp}`, undefined]) expect(await brandFor(token)).toEqual({ name: appName });
  });

  it('for a suspended tenant, does not tell its name', async () => {
    const { body: { tenantId } } = await superadmin.post('/tenants/create', {
      name: 'acme-gone', settings: { branding: { name: 'Gone' } }, admin: { email: 'boss@gone.example' },
    }, 201);
    const { token } = await mailbox.next('boss@gone.example');
    await superadmin.post('/tenants/suspend', { tenantId }, 200);
    expect(await brandFor(token)).toEqual({ name: appName });
  });
});

describe('the name of a tenant', () => {
  it.each([
    'x'.repeat(65), 'A\r\nBcc: eve@example.com', 'A\nB', 'A\u202eB', 'A\u200fB', 'A\u2028B', 'A\0B', 'https://evil.example', ' A', '', '<>', 7,
  ])('%j, refused', async (name) => {
    const body = { name: 'acme-refused', settings: { branding: { name } }, admin: { email: 'x@example.com' } } as never; // also no text
    expect(codeOf(await superadmin.post('/tenants/create', body))).toBe('invalid-input');
  });

  it.each([
    '<script>alert(1)</script>', 'Схола № 5', '学校', 'مدرسة', 'O\'Neil "&" Sons; <x>',
  ])('%j, taken and told as it is', async (name) => {
    const tenantId = (await superadmin.get('/tenants/load?name=plain-tenant', 200)).body.items[0]?.tenantId ?? '';
    await superadmin.send('PUT', '/tenants/update', { body: { tenantId, settings: { branding: { name } } }, expected: 200 });
    await anonymous.post('/users/forgot-password', { email: 'boss@plain.example', tenant: 'plain-tenant' }, 202);
    const mail = await mailbox.next(({ to, for: kind }) => to === 'boss@plain.example' && kind === 'reset-password');
    expect(await brandFor(mail.token)).toEqual({ name });
    expect(mail.raw.split('\r\n\r\n')[0]).not.toMatch(/^(Bcc|Cc):/im);
  });
});

describe('the language of a user', () => {
  it('is stored in its usual form, read by mails, and changed by the user', async () => {
    const german = await startGatehouse({
      settings, database: gatehouse.database, logsIn: false,
      mailTexts: (kind, { link }, language) => (language === undefined ? undefined : { subject: `${kind} ${language}`, text: link ?? 'x' }),
    });
    await gatehouse.gatehouse.close(); // from here on the other node sends all mails
    const email = 'hans@example.com';
    const { body } = await german.anonymous.post('/users/register', { email, password, language: 'DE-at' }, 201);
    expect(body.language).toBe('de-AT');
    const mail = await mailbox.next(email);
    expect(mail.subject).toBe('verify-email de-AT');
    await german.anonymous.post('/users/verify-email', { token: mail.token, password }, 200);
    const client = await german.anonymous.logIn(email, password);
    const updated = await client.send('PATCH', '/profile/update-profile-data', { body: { language: 'fr' }, expected: 200 });
    expect(updated.body).toMatchObject({ language: 'fr' });
    for (const language of ['deutsch!', '', 'x'.repeat(36), 'de_AT']) {
      expect(codeOf(await client.send('PATCH', '/profile/update-profile-data', { body: { language } }))).toBe('invalid-input');
    }
  });
});
