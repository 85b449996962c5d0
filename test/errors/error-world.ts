import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import mongoose from 'mongoose';
import type { Gatehouse } from '../../src/gatehouse.types.ts';
import { requireRoles } from '../../src/host/guards/role.guard.ts';
import { providerBody } from '../features/sso/provider-content.ts';
import type { NewProviderBody } from '../features/sso/provider-content.ts';
import { createOutbound } from '../../src/platform/outbound/guarded-fetch.ts';
import type { Answer, SendOptions } from '../support/client/client.ts';
import type { InProcessOptions } from '../support/gatehouse/in-process.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../support/identities.ts';
import { newServiceClient, postForm } from '../support/service-client.ts';
import { undocumented } from '../gatehouse/undocumented.ts';

/** What no answer may show: parts of the inside of Gatehouse. */
export const secret = '$2b$10$abcdefghijklmnopqrstuv { $where: 1 } MongoServerError at /srv/app.ts:1:1';
export const password = 'a long enough password';

/** A host with a handler that fails, and one that sends a request on to another route than the gate decided about. */
function host(app: Express, { users }: Pick<Gatehouse, 'users'>, becoming: { run: () => Promise<unknown> }): void {
  app.use(function turn(request, _response, next) {
    if (request.url === '/host/turned') request.url = '/host/other';
    next();
  });
  for (const url of ['/host/turned', '/host/other']) app.get(url, (_request, response) => void response.json({ ran: url }));
  app.get('/host/items/:itemId', (_request, response) => void response.json({}));
  app.get('/host/staff', requireRoles('staff'), (_request, response) => void response.json({}));
  app.get('/host/recent', (_request, response) => void response.json({}));
  app.get('/host/fails', () => {
    throw new Error(secret, { cause: { filter: { $gt: '' } } });
  });
  app.get('/host/acts', async () => {
    await users.find('nobody', { actor: { userId: secret } });
  });
  app.get('/host/fetches', async () => {
    await createOutbound({ purpose: 'forwarding', networks: [], production: true }).fetch('https://127.0.0.1/');
  });
  app.get('/host/becomes', async () => {
    await becoming.run();
  });
  app.get('/host/documents/:id', (request) => {
    throw new mongoose.Error.CastError('ObjectId', `${request.params.id} ${secret}`, '_id');
  });
}

export type ErrorWorld = Awaited<ReturnType<typeof startErrorWorld>>;

/** Starts a Gatehouse with a host, users and a role, and answers what scenarios need to meet error codes. */
export async function startErrorWorld() {
  let skew = 0;
  const becoming = { run: () => Promise.resolve() as Promise<unknown> };
  const server = await startGatehouse({
    host: (app, gatehouse) => { host(app, gatehouse, becoming); }, afterGate: ['turn'], answerMongooseErrors: true,
    urls: {
      simple: { '/host/': ['turned', 'other', 'fails', 'documents/:id', 'acts', 'fetches', 'becomes'] },
      auth: { '/host/': ['staff', { name: 'recent', recentLogin: 600 }, { name: 'items/:itemId', permission: 'read:items/:itemId' }] },
    },
    permissions: [{ permission: 'read:items', description: 'Read items.' }],
    clock: () => Date.now() + skew,
  });
  const identities = startIdentities(server);
  const [ann, admin, role] = [await server.newUser(), await server.newUser('admin'), await server.newRole('/admin/load-users')];
  const root = (method: string, path: string, options: SendOptions = {}) => server.superadmin.send(method, path, options);
  const guest = (method: string, path: string) => ann.client.send(method, path);
  const anybody = (method: string, path: string, options: SendOptions = {}) => server.anonymous.send(method, path, options);
  const logIn = (options: SendOptions) => anybody('POST', '/users/login', options);
  const withRightTo = async (url: string, path = url) => undocumented(
    server.origin, path, (await server.newUser(await server.newRole(url))).client.token,
  );
  const withToken = (token: string) => server.anonymous.withToken(token).get('/profile/me');

  /** A tenant of its own, with the domain NAME.example, and its name. */
  async function newTenant(settings: object = {}): Promise<string> {
    const name = `tenant-${randomBytes(6).toString('hex')}`;
    await root('POST', '/tenants/create', {
      body: { name, domain: `${name}.example`, settings, admin: { email: `boss@${name}.example` } }, expected: 201,
    });
    return name;
  }

  /** Asks with a token that was new some milliseconds before. */
  async function askLater(milliseconds: number): Promise<Answer> {
    const client = await server.anonymous.logIn(ann.email, password);
    skew = milliseconds;
    try {
      return await client.get('/profile/me');
    } finally {
      skew = 0;
    }
  }

  /** Asks for a URL that needs a recent login, 601 s after the login. */
  async function askWithOldLogin(): Promise<Answer> {
    const { client } = await server.newUser(await server.newRole('/host/recent'));
    skew = 601_000;
    try {
      return await undocumented(server.origin, '/host/recent', client.token);
    } finally {
      skew = 0;
    }
  }

  /** Asks another server. */
  const elsewhere = (options: InProcessOptions, ask: (other: TestGatehouse) => Promise<Answer>) =>
    startGatehouse(options).then((other) => ask(other).finally(() => other.close()));

  /** Answers what a person meets who logs in at a provider. */
  async function becomes(run: () => Promise<unknown>): Promise<Answer> {
    becoming.run = run;
    return undocumented(server.origin, '/host/becomes');
  }

  async function tenantIdOf(name: string): Promise<string> {
    const { body } = await root('GET', `/tenants/load?name=${name}`, { expected: 200 });
    return (body as { items: { tenantId: string }[] }).items[0]?.tenantId ?? '';
  }

  const deleteTenant = async (name: string) => root(
    'DELETE', `/tenants/delete?tenantId=${await tenantIdOf(name)}&name=${name}&digest=${'0'.repeat(64)}`,
  );

  const ask = (form: Record<string, string> | string) => postForm(server.anonymous, '/oauth/token', form);

  /** The id and secret of a client of its own, as fields of a form. */
  async function newClient(): Promise<{ client_id: string; client_secret: string }> {
    const { clientId, secret: shown } = await newServiceClient(server.superadmin);
    return { client_id: clientId, client_secret: shown };
  }

  /** Creates an identity provider, in the tenant of this name or the default one, and answers its id. */
  async function newProvider(content: Partial<NewProviderBody> = {}, tenant = 'default'): Promise<string> {
    const { body } = await root(
      'POST', `/identity-providers/create?tenant=${tenant}`, { body: providerBody(content), expected: 201 },
    );
    return (body as { providerId: string }).providerId;
  }

  async function rootId(): Promise<string> {
    const { body } = await server.superadmin.get('/profile/me', 200);
    return body.user.userId;
  }

  return {
    server, ann, admin, role, root, guest, anybody, logIn, withRightTo, withToken, newTenant, askLater, askWithOldLogin, elsewhere,
    tenantIdOf, deleteTenant, ask, newClient, newProvider, rootId, identities, becomes,
  };
}
