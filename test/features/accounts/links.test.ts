import { request } from 'node:http';
import { codeOf } from '../../support/answers.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mail, Mailbox } from '../../support/mailbox.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { eventually } from '../../support/eventually.ts';

const password = 'purple monkey dishwasher';
const chosen = 'another fine long phrase';
const publicUrl = 'https://gate.example.com';
let now = Date.now();
let mailbox: Mailbox;
let server: TestGatehouse;
beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startGatehouse({
    clock: () => now,
    settings: testSettings(
      { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SMTP_URL: mailbox.url, PUBLIC_URL: publicUrl },
    ),
  });
});
let counter = 0;

/** A user of this test's own, whose first mail has been read. */
async function newPerson(): Promise<{ email: string; userId: string; confirmation: Mail }> {
  const email = `reader${(counter += 1)}@example.com`;
  const { body } = await server.superadmin.post('/admin/create-user', { email, password }, 201);
  return { email, userId: body.userId, confirmation: await mailbox.next(email) };
}

interface Link {
  readonly kind: string;
  readonly lifetime: number;
  readonly url: string;
  /** What is sent with the token to use it. */
  readonly password: string;
  readonly done: number;
  /** Has a mail sent, once more on each call; the first mail's address is the person's unless it says another. */
  readonly ask: (person: { email: string; userId: string }) => Promise<Mail>;
}

const minute = 60_000;
const links: Link[] = [
  {
    kind: 'verify-email', lifetime: 24 * 60 * minute, url: '/users/verify-email', password, done: 200,
    async ask({ email }) {
      await server.anonymous.post('/users/resend-verification', { email }, 202);
      return mailbox.next(email);
    },
  },
  {
    kind: 'reset-password', lifetime: 30 * minute, url: '/users/reset-password', password: chosen, done: 200,
    async ask({ email }) {
      await server.anonymous.post('/users/forgot-password', { email }, 202);
      return mailbox.next(email);
    },
  },
  {
    kind: 'change-email', lifetime: 60 * minute, url: '/users/verify-email', password, done: 200,
    async ask({ email }) {
      const client = await server.anonymous.logIn(email, password);
      await client.post('/profile/change-email', { email: `new-${email}`, password }, 202);
      return mailbox.next(`new-${email}`);
    },
  },
  {
    kind: 'invitation', lifetime: 72 * 60 * minute, url: '/users/reset-password', password: chosen, done: 200,
    async ask({ email, userId }) {
      // What was ordered when the user was created must not find one without a password, and send an invitation more.
      await eventually(
        async () => await server.stores.outbox.countDocuments({ 'mail.nextAt': { $exists: true }, 'mail.userId': userId }) === 0,
      );
      await server.stores.users.updateOne({ tenantId: 'default', _id: userId }, { $unset: { password: 1 } });
      await server.anonymous.post('/users/resend-verification', { email }, 202);
      return mailbox.next(email);
    },
  },
];

const use = ({ url, password: given }: Link, token: string) => server.anonymous.post(url, { token, password: given });

describe.each(links)('a link of the kind $kind', (link) => {
  it('is of that kind, begins with PUBLIC_URL, and works once', async () => {
    const mail = await link.ask(await newPerson());
    expect([mail.for, mail.link]).toEqual([link.kind, `${publicUrl}/users/confirm#token=${mail.token}&for=${link.kind}`]);
    expect((await use(link, mail.token)).status).toBe(link.done);
    expect(codeOf(await use(link, mail.token))).toBe('link-invalid');
  });

  it('used ten times at once, works once', async () => {
    const { token } = await link.ask(await newPerson());
    // A source may have two passwords in work at a time, so each comes from the pool's point of view in turn; what meets is the token.
    const answers = await Promise.all(Array.from({ length: 10 }, async () => {
      for (;;) {
        const answer = await use(link, token);
        if (answer.status !== 503) return answer;
      }
    }));
    expect(answers.filter(({ status }) => status === link.done)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== link.done).map(codeOf))).toEqual(new Set(['link-invalid']));
  });

  it('replaced by a newer one, no longer works, and the newer one does', async () => {
    const person = await newPerson();
    const { token: older } = await link.ask(person);
    const { token: newer } = await link.ask(person);
    expect(codeOf(await use(link, older))).toBe('link-invalid');
    expect((await use(link, newer)).status).toBe(link.done);
  });

  it('at its last moment works, and after it does not', async () => {
    const [early, late] = [await link.ask(await newPerson()), await link.ask(await newPerson())];
    const asked = now;
    now = asked + link.lifetime - 1_000;
    expect((await use(link, early.token)).status).toBe(link.done);
    now = asked + link.lifetime;
    expect(codeOf(await use(link, late.token))).toBe('link-invalid');
    now = asked;
  });

  it('of one user, changes nothing for another who is logged in and sends it', async () => {
    const [owner, thief] = [await newPerson(), await newPerson()];
    const client = await server.anonymous.logIn(thief.email, password);
    await server.stores.users.updateOne({ tenantId: 'default', _id: thief.userId }, { $set: { firstName: 'Thief' } });
    const before = await server.stores.users.findOne({ tenantId: 'default', _id: thief.userId }).select('+password').lean();
    const { token } = await link.ask(owner);
    await client.post(link.url, { token, password: link.password }, link.done);
    expect(await server.stores.users.findOne({ tenantId: 'default', _id: thief.userId }).select('+password').lean()).toEqual(before);
  });

  it('sent to the other URL, or altered, or cut, does not work', async () => {
    const { token } = await link.ask(await newPerson());
    const elsewhere = link.url === '/users/verify-email' ? '/users/reset-password' : '/users/verify-email';
    const altered = `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1) ?? ''}`;
    expect(codeOf(await server.anonymous.post(elsewhere, { token, password: link.password }))).toBe('link-invalid');
    for (const wrong of [
      altered, token.slice(0, -1), `other${token.slice(7)}`, token.toUpperCase(),
    ]) expect(codeOf(await use(link, wrong))).toBe('link-invalid');
    expect((await use(link, token)).status).toBe(link.done);
  });

  it('is not stored anywhere in a form that opens anything', async () => {
    const { token } = await link.ask(await newPerson());
    const everything = JSON.stringify(
      await Promise.all((await server.connection.listCollections()).map(({ name }) => server.connection.collection(name).find().toArray())),
    );
    expect(everything).not.toContain(token.split('.')[1]);
  });
});

describe('a link', () => {
  it('asked for with a Host and forwarding headers of an attacker\'s, leads to PUBLIC_URL', async () => {
    const { email } = await newPerson();
    const headers = {
      Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example', 'Content-Type': 'application/json',
    };
    const status = await new Promise((resolve, reject) => {
      const url = new URL('/users/forgot-password', server.origin);
      request(url, { method: 'POST', headers }, (response) => { response.resume(); resolve(response.statusCode); }).on('error', reject).end(
        JSON.stringify({ email }),
      );
    });
    expect(status).toBe(202);
    const mail = await mailbox.next(email);
    expect(mail.link).toMatch(/^https:\/\/gate\.example\.com\/users\/confirm#/);
    expect(mail.raw).not.toContain('evil.example');
  });

  it('to set a password, after the address was changed or the user disabled, does not work', async () => {
    const [moved, disabled] = [await newPerson(), await newPerson()];
    const reset = links[1];
    if (!reset) throw new Error('The second link resets.');
    const [first, second] = [await reset.ask(moved), await reset.ask(disabled)];
    await server.superadmin.send('PUT', `/admin/update-user/${moved.userId}`, { body: { email: `moved-${moved.email}` }, expected: 200 });
    await server.superadmin.post('/admin/disable-user', { userId: disabled.userId }, 200);
    expect([codeOf(await use(reset, first.token)), codeOf(await use(reset, second.token))]).toEqual(['link-invalid', 'link-invalid']);
  });

  it('with a weak password or a wrong one, is refused and still works afterwards', async () => {
    const person = await newPerson();
    const { token } = person.confirmation;
    expect(codeOf(await server.anonymous.post('/users/verify-email', { token, password: chosen }))).toBe('wrong-password');
    await server.anonymous.post('/users/verify-email', { token, password }, 200);
    await server.anonymous.post('/users/forgot-password', { email: person.email }, 202);
    const reset = await mailbox.next(person.email);
    expect(codeOf(await server.anonymous.post('/users/reset-password', { token: reset.token, password: person.email })))
      .toBe('weak-password');
    await server.anonymous.post('/users/reset-password', { token: reset.token, password: chosen }, 200);
  });

  it('asked for unknown, disabled and verified addresses, is answered the same and mailed to nobody', async () => {
    const [verified, disabled] = [await newPerson(), await newPerson()];
    await server.anonymous.post('/users/verify-email', { token: verified.confirmation.token, password }, 200);
    await server.superadmin.post('/admin/disable-user', { userId: disabled.userId }, 200);
    const before = mailbox.mails().length;
    for (const email of ['nobody@example.com', disabled.email, verified.email]) {
      await server.anonymous.post('/users/resend-verification', { email }, 202);
    }
    for (const email of ['nobody@example.com', disabled.email]) await server.anonymous.post('/users/forgot-password', { email }, 202);
    // A mail that is due comes after whatever was ordered before it.
    const { email } = await newPerson();
    await server.anonymous.post('/users/forgot-password', { email }, 202);
    await mailbox.next(email);
    expect(mailbox.mails().slice(before).map(({ to }) => to)).toEqual([email, email]);
    const orders = { 'mail.nextAt': { $exists: true }, 'mail.email': { $in: ['nobody@example.com', disabled.email, verified.email] } };
    await eventually(async () => await server.stores.outbox.countDocuments(orders) === 0);
  });

  it('asked for six times in an hour for one address, is mailed five times and answered alike', async () => {
    const { email } = await newPerson();
    for (let time = 0; time < 6; time += 1) await server.anonymous.post('/users/forgot-password', { email }, 202);
    for (let time = 0; time < 5; time += 1) await mailbox.next(email);
    const last = await newPerson();
    await server.anonymous.post('/users/forgot-password', { email: last.email }, 202);
    await mailbox.next(last.email);
    expect(mailbox.mails().filter(({ to, for: kind }) => to === email && kind === 'reset-password')).toHaveLength(5);
  });
});

describe('the page of a link', () => {
  it('has a policy under which nothing but its own script runs', async () => {
    const { headers, body, status } = await server.anonymous.get('/users/confirm');
    expect([status, headers.get('content-type'), headers.get('referrer-policy')]).toEqual([200, 'text/html; charset=utf-8', 'no-referrer']);
    expect(headers.get('content-security-policy')).toMatch(new RegExp([
      /^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; img-src 'self'; connect-src 'self'; /,
      /base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    ].map(({ source }) => source).join('')));
    expect(body).not.toMatch(/<script[^>]+src|<link|https?:/);
  });
});
