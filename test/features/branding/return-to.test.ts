import { codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startMailbox } from '../../support/mailbox.ts';
import { testSettings } from '../../support/test-settings.ts';

const first = 'https://app.example.com/welcome';
const second = 'https://app.example.com/other?tab=1';
const ofTenant = 'https://acme.example/start';
const password = 'purple monkey dishwasher';
const chosen = 'another fine long phrase';
const mailbox = await startMailbox();
const gatehouse = await startGatehouse({
  settings: testSettings({
    SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SMTP_URL: mailbox.url,
    RETURN_URLS: `${first}, ${second}`,
  }),
});
const { anonymous, superadmin } = gatehouse;

let counter = 0;
const newAddress = () => `traveller${(counter += 1)}@example.com`;
const tokenOf = async (email: string) => (await mailbox.next(email)).token;

describe('the page of a link', () => {
  it('ordered without returnTo, leads to the first URL of the list', async () => {
    const email = newAddress();
    await anonymous.post('/users/register', { email, password }, 201);
    const { body } = await anonymous.post('/users/verify-email', { token: await tokenOf(email), password }, 200);
    expect(body.returnUrl).toBe(first);
    await anonymous.post('/users/forgot-password', { email }, 202);
    const reset = await anonymous.post('/users/reset-password', { token: await tokenOf(email), password: chosen }, 200);
    expect(reset.body).toEqual({ returnUrl: first });
  });

  it('ordered with a listed returnTo by each call that takes one, leads there', async () => {
    const [registered, invited] = [newAddress(), newAddress()];
    await anonymous.post('/users/register', { email: registered, password, returnTo: second }, 201);
    await tokenOf(registered);
    await anonymous.post('/users/resend-verification', { email: registered, returnTo: second }, 202);
    const verified = await anonymous.post('/users/verify-email', { token: await tokenOf(registered), password }, 200);
    await anonymous.post('/users/forgot-password', { email: registered, returnTo: second }, 202);
    const reset = await anonymous.post('/users/reset-password', { token: await tokenOf(registered), password: chosen }, 200);
    const { body: { userId } } = await superadmin.post('/admin/create-user', { email: invited, returnTo: second }, 201);
    const accepted = await anonymous.post('/users/reset-password', { token: await tokenOf(invited), password: chosen }, 200);
    await superadmin.post('/admin/set-new-password', { userId, returnTo: second }, 202);
    const mailed = await mailbox.next(({ to, for: kind }) => to === invited && kind === 'reset-password');
    const again = await anonymous.post('/users/reset-password', { token: mailed.token, password }, 200);
    expect([verified, reset, accepted, again].map(({ body }) => body.returnUrl)).toEqual(Array(4).fill(second));
  });

  it('of a registration, keeps its returnTo with the token alone, and the user has none', async () => {
    const email = newAddress();
    const { body: { userId } } = await anonymous.post('/users/register', { email, password, returnTo: second }, 201);
    await tokenOf(email);
    expect(await gatehouse.stores.tokens.find({ tenantId: 'default', userId }).lean()).toMatchObject([{ returnTo: second }]);
    expect(JSON.stringify(await gatehouse.stores.users.findOne({ tenantId: 'default', _id: userId }).lean())).not.toContain('returnTo');
  });

  it('whose stored URL is listed no longer, leads to the first of the list', async () => {
    const email = newAddress();
    const { body: { userId } } = await superadmin.post('/admin/create-user', { email, returnTo: second }, 201);
    const token = await tokenOf(email);
    await gatehouse.stores.tokens.updateOne({ tenantId: 'default', userId }, { $set: { returnTo: 'https://gone.example/' } });
    expect((await anonymous.post('/users/reset-password', { token, password: chosen }, 200)).body).toEqual({ returnUrl: first });
  });
});

describe('returnTo', () => {
  it('with any text that is not listed, refused before anything is done', async () => {
    const { userId } = await gatehouse.newUser();
    const email = newAddress();
    for (const returnTo of [
      'https://evil.example', `${first}/../evil`, `${first}?next=https://evil.example`, first.toUpperCase(), `${first}#x`, ` ${first}`,
      'https://app.example.com@evil.example/', 'javascript:alert(1)', `${first}\r\nLocation: https://evil.example`,
    ]) {
      const refused = [
        await anonymous.post('/users/register', { email, password, returnTo }),
        await anonymous.post('/users/forgot-password', { email, returnTo }),
        await anonymous.post('/users/resend-verification', { email, returnTo }),
        await superadmin.post('/admin/create-user', { email, returnTo }),
        await superadmin.post('/admin/set-new-password', { userId, returnTo }),
      ];
      expect([returnTo, ...refused.map(codeOf)]).toEqual([returnTo, ...Array<string>(5).fill('return-url-not-allowed')]);
    }
    expect(await gatehouse.stores.users.countDocuments({ tenantId: 'default', email })).toBe(0);
  });

  it('of a tenant with a list of its own, is of that list alone', async () => {
    const name = 'acme-travel';
    const admin = newAddress();
    await superadmin.post('/tenants/create', { name, settings: { returnUrls: [ofTenant] }, admin: { email: admin } }, 201);
    const invited = await anonymous.post('/users/reset-password', { token: await tokenOf(admin), password: chosen }, 200);
    expect(invited.body).toEqual({ returnUrl: ofTenant });
    expect(codeOf(await anonymous.post('/users/forgot-password', { email: admin, tenant: name, returnTo: first })))
      .toBe('return-url-not-allowed');
    await anonymous.post('/users/forgot-password', { email: admin, tenant: name, returnTo: ofTenant }, 202);
    expect((await anonymous.post('/users/reset-password', { token: await tokenOf(admin), password }, 200)).body)
      .toEqual({ returnUrl: ofTenant });
  });

  it.each([
    'http://acme.example/', 'http://localhost:5173/', 'https://acme.example/a b', 'javascript:alert(1)', 'https://ann@acme.example/',
    'https://ACME.example/',
  ])(
    'list of a tenant with %j, refused', async (url) => {
      const refused = await superadmin.post('/tenants/create', {
        name: 'acme-refused', settings: { returnUrls: [url] }, admin: { email: newAddress() },
      });
      expect(codeOf(refused)).toBe('invalid-input');
    });
});

describe('a Gatehouse without return URLs', () => {
  it('names none after the set-up and refuses every returnTo', async () => {
    const bare = await startGatehouse({ settings: testSettings(), logsIn: false });
    const token = await bare.gatehouse.renewSetUpToken() ?? '';
    const { body } = await bare.anonymous.post('/users/set-up-superadmin', { token, email: 'root@example.com', password }, 200);
    expect(body).toEqual({});
    expect(codeOf(await bare.anonymous.post('/users/forgot-password', { email: 'root@example.com', returnTo: first })))
      .toBe('return-url-not-allowed');
  });
});
