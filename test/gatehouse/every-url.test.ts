import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';
import type { Client } from '../support/client/client.ts';
import { documentedOperations } from '../support/client/operations.ts';
import { declared, loadEndpoints } from './registered.ts';
import type { RegisteredEndpoint } from './registered.ts';

/** What no handler takes for a change: an empty body, which every write refuses. */
function call(client: Client, { method, path }: RegisteredEndpoint) {
  return client.send(method, path, ['POST', 'PUT', 'PATCH'].includes(method) ? { body: {} } : {});
}

/** Each problem, and each page of one, names its own request. */
function withoutRequest(body: unknown): unknown {
  if (typeof body === 'string') return body.replace(/Reference: [\w-]+/, '');
  return typeof body === 'object' && body !== null ? { ...body, requestId: '' } : body;
}

describe('every registered URL', () => {
  let server: TestGatehouse;
  let endpoints: RegisteredEndpoint[];
  let gated: RegisteredEndpoint[];
  let ann: TestUser;
  beforeAll(async () => {
    server = await startGatehouse();
    endpoints = await loadEndpoints(server.superadmin);
    gated = endpoints.filter(({ access }) => access === 'auth');
    ann = await server.newUser();
    // Every session holds the rights of guest, so none is without a guest's right until guest has none.
    await server.superadmin.put('/roles/update-rights', { type: 'guest', rights: [] }, 200);
  });
  const ofClass = (...classes: string[]) => endpoints.filter(({ access }) => classes.includes(access));

  it('get-rights, without a role, lists exactly the URLs of config with their access class, each with a method', () => {
    expect([...new Set(endpoints.map(({ access, url }) => `${access} ${url}`))].sort()).toEqual([...declared].sort());
    expect(declared.length).toBeGreaterThan(25);
  });

  it('openapi, every operation, is a method of a registered URL with the same access class', async () => {
    const urlOf = (path: string) => path.replace('{path}', '*path').replace(/\{(\w+)\}/g, ':$1');
    const operations = (await documentedOperations(server.anonymous)).map(
      ({ path, method, 'x-access': access }) => `${access} ${method} ${urlOf(path)}`,
    );
    expect(operations.sort()).toEqual(endpoints.map(({ access, method, url }) => `${access} ${method} ${url}`).sort());
  });

  it('simple URL, no token, is neither 401 nor 403', async () => {
    for (const endpoint of ofClass('simple')) {
      const { status, body } = await call(server.anonymous, endpoint);
      // Sign-on has its own proofs: `sso-refused` is the answer of the handler to a request without one.
      const isOfHandler = JSON.stringify(body).includes('sso-refused');
      expect({ ...endpoint, refused: [401, 403].includes(status) && !isOfHandler }).toMatchObject({ refused: false });
    }
  });

  it('simple URL that is read by GET, query parameters that somebody on the way added, answers as without them', async () => {
    const read = ofClass('simple').filter(({ method }) => method === 'GET');
    expect(read.length).toBeGreaterThan(8);
    for (const { path } of read) {
      const plain = await server.anonymous.get(path);
      const tagged = await server.anonymous.get(`${path}?utm_source=mail&fbclid=x&v=2&a[$ne]=1&__proto__=x&%F0%9D=%00`);
      expect({ path, status: tagged.status, body: withoutRequest(tagged.body) })
        .toEqual({ path, status: plain.status, body: withoutRequest(plain.body) });
    }
  });

  it('auth or config URL, no token, is 401 token-missing', async () => {
    for (const endpoint of ofClass('auth', 'config')) {
      const { status, body } = await call(server.anonymous, endpoint);
      expect({ ...endpoint, status, body }).toMatchObject({ status: 401, body: { code: 'token-missing' } });
    }
  });

  it('auth or config URL, session without the right, is 403 and names the right', async () => {
    for (const endpoint of ofClass('auth', 'config')) {
      const { status, body } = await call(ann.client, endpoint);
      expect({ status, body })
        .toMatchObject({ status: 403, body: { code: 'right-missing', required: `${endpoint.method} ${endpoint.url}` } });
    }
  });

  it('auth URL, session with this one right, is neither 401 nor 403, and every other auth URL still is 403', async () => {
    const role = await server.newRole();
    await server.superadmin.post('/roles/assign', { userId: ann.userId, type: role, mode: 'add' }, 200);
    for (const endpoint of gated) {
      await server.superadmin.put('/roles/update-rights', { type: role, rights: [{ url: endpoint.url, methods: [endpoint.method] }] }, 200);
      const session = await server.anonymous.logIn(ann.email, ann.password);
      for (const other of gated.filter((candidate) => candidate !== endpoint)) {
        const { status } = await call(session, other);
        expect(`${other.method} ${other.url} with ${endpoint.url}: ${status}`)
          .toBe(`${other.method} ${other.url} with ${endpoint.url}: 403`);
      }
      // Last, because it may be the logout.
      const { status } = await call(session, endpoint);
      expect({ ...endpoint, status, refused: [401, 403].includes(status) }).toMatchObject({ refused: false });
    }
  }, 120_000);

  it('config URL, session of an admin with every auth right, is 403', async () => {
    const everything = await server.newRole(...gated.map(({ url }) => url));
    const admin = await server.newUser('admin', everything);
    for (const endpoint of ofClass('config')) {
      const { status } = await call(admin.client, endpoint);
      expect({ ...endpoint, status }).toMatchObject({ status: 403 });
    }
  });

  it('config URL, given to a role, is 422 right-is-config for each', async () => {
    for (const { url } of ofClass('config')) {
      const { body } = await server.superadmin.post('/roles/create', { roleId: 'climber', type: 'climber', rights: [url] }, 422);
      expect(body).toMatchObject({ code: 'right-is-config', errors: [{ field: 'body.rights[0]' }] });
    }
  });

  it('auth or config URL, session of a superadmin, is neither 401 nor 403', async () => {
    const root = await server.newUser('superadmin');
    for (const endpoint of ofClass('auth', 'config')) {
      const session = endpoint.url === '/users/logout' ? await server.anonymous.logIn(root.email, root.password) : root.client;
      const { status } = await call(session, endpoint);
      expect({ ...endpoint, status, refused: [401, 403].includes(status) }).toMatchObject({ refused: false });
    }
  });
});
