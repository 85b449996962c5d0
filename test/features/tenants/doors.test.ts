import { randomBytes, randomInt } from 'node:crypto';
import type { Answer, Client } from '../../support/client/client.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { asService, basicOf, newServiceClient, postForm } from '../../support/service-client.ts';
import type { ServiceClient } from '../../support/service-client.ts';
import { testSettings } from '../../support/test-settings.ts';

// A caller who is refused is refused at every door and on every node, from the acknowledgement on. Other callers at the same
// doors are let in.

const password = 'a long enough password';
let mailbox: Mailbox;
let node: TestGatehouse;
let other: TestGatehouse;
beforeAll(async () => {
  mailbox = await startMailbox();
  const settings = testSettings(
    { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password, SMTP_URL: mailbox.url, TRUST_PROXY: 'loopback' },
  );
  node = await startGatehouse({ settings });
  other = await startGatehouse({ settings, database: node.database });
});
/** By its name, a way in; those that work once stand behind those that work again. */
type Doors = Readonly<Record<string, (asked: TestGatehouse) => Promise<Answer>>>;

/** A source of its own for each request of a client, so that no limit of failed ones is met. */
const headersOf = (client: ServiceClient) => ({
  ...basicOf(client), 'X-Forwarded-For': [10, 1 + randomInt(250), randomInt(250), 1 + randomInt(250)].join('.'),
});

interface Visitors {
  readonly tenantId: string;
  /** `?tenant=`, for a superadmin. */
  readonly query: string;
  readonly userIds: readonly string[];
  readonly client: ServiceClient;
  readonly ofUsers: Doors;
  readonly ofClient: Doors;
}

/** A tenant with users and a client who hold everything that opens a door. */
async function prepare(): Promise<Visitors> {
  const name = `tenant-${randomBytes(5).toString('hex')}`;
  const query = `?tenant=${name}` as const;
  const root = node.superadmin;
  const { tenantId } = (await root.post('/tenants/create', { name, admin: { email: `first@${name}.test` } }, 201)).body;
  const newUser = async (email: string) => (await root.post(`/admin/create-user${query}`, { email, password }, 201)).body.userId;
  const at = (who: string) => `${who}@${name}.example`;
  const userIds = [await newUser(at('ann')), await newUser(at('unverified')), await newUser(at('forgetful')), await newUser(at('moving'))];

  await root.post(`/roles/assign${query}`, { userId: userIds[0], type: 'user', mode: 'add' }, 200);
  const { body: tokens } = await node.anonymous.post('/users/login', { email: at('ann'), password, tenant: name }, 200);
  const verify = (await mailbox.next(at('unverified'))).token;
  await mailbox.next(at('forgetful'));
  await node.anonymous.post('/users/forgot-password', { email: at('forgetful'), tenant: name }, 202);
  const reset = (await mailbox.next(at('forgetful'))).token;
  const moving = await node.anonymous.logIn(at('moving'), password, name);
  await moving.post('/profile/change-email', { email: at('moved'), password }, 202);
  const moved = (await mailbox.next(at('moved'))).token;

  const [client, observer] = [await newServiceClient(root, [], query), await newServiceClient(root, [], query)];
  const { token: service } = await asService(node.anonymous, client);
  const introspect = (token: string | null, by = observer) => ({ anonymous }: TestGatehouse) => postForm(
    anonymous, '/oauth/introspect', { token: token ?? '' }, headersOf(by),
  );
  const by = (token: string | null, use: (caller: Client) => Promise<Answer>) => ({ anonymous }: TestGatehouse) => use(
    anonymous.withToken(token ?? ''),
  );
  return {
    tenantId, query, userIds, client,
    ofUsers: {
      'a session': by(tokens.access_token, (caller) => caller.get('/profile/me')),
      'a write with a session': by(tokens.access_token, (caller) => caller.post('/profile/change-username', { username: 'ann' })),
      'introspection of an access token': introspect(tokens.access_token),
      'introspection of a refresh token': introspect(tokens.refresh_token),
      'login': ({ anonymous }) => anonymous.post('/users/login', { email: at('ann'), password, tenant: name }),
      'refresh': ({ anonymous }) => anonymous.post('/users/refresh', { refresh_token: tokens.refresh_token }),
      'link that confirms': ({ anonymous }) => anonymous.post('/users/verify-email', { token: verify, password }),
      'link that resets': ({ anonymous }) => anonymous.post(
        '/users/reset-password', { token: reset, password: 'another fine long phrase' },
      ),
      'link that changes the address': ({ anonymous }) => anonymous.post('/users/verify-email', { token: moved, password }),
    },
    ofClient: {
      'a session': by(service, (caller) => caller.get('/permissions')),
      'introspection of its token': introspect(service),
      'introspection by itself': introspect(service, client),
      'a new token': ({ anonymous }) => postForm(anonymous, '/oauth/token', { grant_type: 'client_credentials' }, headersOf(client)),
    },
  };
}

/** Which of the doors are open; a token that is told not to be active opens none. */
async function openOf(doors: Doors, asked: TestGatehouse): Promise<string[]> {
  const open: string[] = [];
  for (const [name, come] of Object.entries(doors)) {
    const { status, body } = await come(asked);
    if (status === 429 || status >= 500) throw new Error(`${name} answered ${status}.`);
    if (status < 300 && (body as { active?: boolean }).active !== false) open.push(name);
  }
  return open;
}

it('a suspended tenant, opens no door to anybody of it, on no node', async () => {
  const [suspended, control] = [await prepare(), await prepare()];
  await node.superadmin.post('/tenants/suspend', { tenantId: suspended.tenantId }, 200);
  for (const asked of [other, node]) {
    expect([await openOf(suspended.ofUsers, asked), await openOf(suspended.ofClient, asked)]).toEqual([[], []]);
  }
  expect(await openOf(control.ofUsers, other)).toEqual(Object.keys(control.ofUsers));
  expect(await openOf(control.ofClient, other)).toEqual(Object.keys(control.ofClient));
}, 120_000);

it('a disabled user, is let in by no door, on no node, and a client of the same tenant by all', async () => {
  const { userIds, ofUsers, ofClient, query } = await prepare();
  for (const userId of userIds) await node.superadmin.post(`/admin/disable-user${query}`, { userId }, 200);
  for (const asked of [other, node]) expect(await openOf(ofUsers, asked)).toEqual([]);
  expect(await openOf(ofClient, other)).toEqual(Object.keys(ofClient));
}, 120_000);

it('a disabled client, is let in by no door, on no node, and a user of the same tenant by all', async () => {
  const { client: { clientId }, ofUsers, ofClient, query } = await prepare();
  await node.superadmin.post(`/clients/disable${query}`, { clientId }, 200);
  for (const asked of [other, node]) expect(await openOf(ofClient, asked)).toEqual([]);
  expect(await openOf(ofUsers, other)).toEqual(Object.keys(ofUsers));
}, 120_000);
