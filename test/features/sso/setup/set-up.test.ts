import { bodyOf, codeOf, itemsOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { startMailbox } from '../../../support/mailbox.ts';
import { testSettings } from '../../../support/test-settings.ts';
import { clientSecret, oidc, providerBody } from '../provider-content.ts';

const hour = 60 * 60 * 1_000;
const time = { skew: 0 };
const mailbox = await startMailbox();
const server = await startGatehouse({
  clock: () => Date.now() + time.skew,
  settings: testSettings({
    SMTP_URL: mailbox.url, SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password',
  }),
});
const { superadmin: root, anonymous } = server;
let count = 0;

/** Creates a provider without a secret, and answers the token of a link that was mailed for it. */
async function invite() {
  const { providerId } = bodyOf(await root.post('/identity-providers/create', providerBody({ secrets: {} }), 201));
  return { providerId, token: await inviteTo(providerId) };
}

async function inviteTo(providerId: string): Promise<string> {
  const email = `it-${count += 1}@customer.example`;
  await root.post('/identity-providers/invite', { providerId, email }, 202);
  return (await mailbox.next(email)).token;
}

describe('a set-up link', () => {
  it('is mailed to an address that no user has, and opens the page of the link', async () => {
    const { providerId } = bodyOf(await root.post('/identity-providers/create', providerBody(), 201));
    await root.post('/identity-providers/invite', { providerId, email: 'it@customer.example' }, 202);
    const mail = await mailbox.next('it@customer.example');
    expect(mail.link).toMatch(/\/sso\/setup#token=default\.[\w-]{43}$/);
    expect(mail.text.replace(/\s+/g, ' ')).toContain('It works for 72 hours.');
    const page = await anonymous.get('/sso/setup', 200);
    expect(page.headers.get('content-security-policy')).toContain('default-src \'none\'');
    expect(page.body).toContain('/sso/setup/update');
    const [record] = itemsOf(await root.get('/audit/load?action=provider.invite&limit=1', 200));
    expect(record).toMatchObject({ target: { kind: 'provider', id: providerId }, after: { email: 'it@customer.example' } });
  });

  it('shows, changes and tests its provider, as often as needed, and activates nothing', async () => {
    const { providerId, token } = await invite();
    const shown = bodyOf(await anonymous.post('/sso/setup/load', { token }, 200));
    expect(shown).toMatchObject({ providerId, protocol: 'OIDC', configuration: oidc, hasSecrets: [], revision: 1 });
    expect(shown).not.toHaveProperty('roleMapping');
    const configuration = { ...oidc, clientId: 'theirs' };
    const changed = bodyOf(await anonymous.post('/sso/setup/update', {
      token, version: shown.version, configuration, secrets: { clientSecret },
    }, 200));
    expect(changed).toMatchObject({ configuration, hasSecrets: ['clientSecret'], revision: 2 });
    expect(codeOf(await anonymous.post('/sso/setup/update', { token, version: shown.version, configuration }, 409)))
      .toBe('version-conflict');
    expect(bodyOf(await anonymous.post('/sso/setup/test', { token }, 200))).toMatchObject({ providerId, revision: 2, result: 'pending' });
    expect(bodyOf(await root.get(`/identity-providers/load/${providerId}`, 200))).toMatchObject({ status: 'draft', revision: 2 });
    expect((await anonymous.post('/sso/setup/update', { token, configuration: { ...oidc, issuer: 'no url' } }, 422)).body)
      .toMatchObject({ code: 'provider-invalid', errors: [{ field: 'body.configuration.issuer' }] });
    const records = itemsOf(await root.get('/audit/load?action=provider.set-up', 200));
    expect(records.find(({ target }) => target?.id === providerId)).toMatchObject({ userId: null, after: { secrets: 'changed' } });
    expect(JSON.stringify(records)).not.toContain(clientSecret);
  });

  it('that is wrong, replaced, of a deleted provider or older than 72 hours, is refused', async () => {
    const { providerId, token } = await invite();
    const refused = async (sent: string) => codeOf(await anonymous.post('/sso/setup/load', { token: sent }, 409));
    expect(await refused('made-up')).toBe('link-invalid');
    expect(await refused(token.replace(/^default/, 'other'))).toBe('link-invalid');
    const newer = await inviteTo(providerId);
    expect(await refused(token)).toBe('link-invalid');
    time.skew = 73 * hour;
    expect(await refused(newer)).toBe('link-invalid');
    time.skew = 0;
    await anonymous.post('/sso/setup/load', { token: newer }, 200);
    await root.delete(`/identity-providers/delete?providerId=${providerId}`, 204);
    for (const url of ['/sso/setup/load', '/sso/setup/update', '/sso/setup/test'] as const) {
      expect(codeOf(await anonymous.post(url, { token: newer }, 409))).toBe('link-invalid');
    }
  });

  it('of another kind, opens no set-up, and the other way round', async () => {
    const { token } = await invite();
    expect(codeOf(await anonymous.post('/users/reset-password', { token, password: 'a long enough password' }, 409))).toBe('link-invalid');
    const email = 'invited@example.com';
    await root.post('/admin/create-user', { email }, 201);
    const { token: other } = await mailbox.next(email);
    expect(codeOf(await anonymous.post('/sso/setup/load', { token: other }, 409))).toBe('link-invalid');
  });

  it('to one address, is mailed five times an hour', async () => {
    const { providerId } = bodyOf(await root.post('/identity-providers/create', providerBody(), 201));
    const body = { providerId, email: 'often@customer.example' };
    for (let sent = 0; sent < 5; sent += 1) await root.post('/identity-providers/invite', body, 202);
    expect(codeOf(await root.post('/identity-providers/invite', body, 429))).toBe('too-many-requests');
  });
});
