import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { asService, basicOf, newServiceClient, postForm } from '../../../support/service-client.ts';
import type { ServiceClient } from '../../../support/service-client.ts';

const grant = { grant_type: 'client_credentials' };

let server: TestGatehouse;
let client: ServiceClient;
let skew = 0;
beforeAll(async () => {
  server = await startGatehouse({ clock: () => Date.now() + skew });
  client = await newServiceClient(server.superadmin, [await server.newRole('/admin/load-users')]);
});
const ask = (form: Record<string, string> | string, headers: Record<string, string> = basicOf(client)) => postForm(
  server.anonymous, '/oauth/token', form, headers,
);
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('POST /oauth/token', () => {
  it('id and secret by Basic or in the body, answers an access token of the client and no refresh token', async () => {
    for (const answer of [await ask(grant), await ask({ ...grant, client_id: client.clientId, client_secret: client.secret }, {})]) {
      expect(answer.status).toBe(200);
      const body = answer.body as { access_token: string };
      expect(body).toEqual({ access_token: body.access_token, token_type: 'Bearer', expires_in: 6_000 });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('pragma')).toBe('no-cache');
      const { sub, client_id, username, tenant, iat, exp } = claimsOf(body.access_token);
      expect({ sub, client_id, username, tenant })
        .toEqual({ sub: client.clientId, client_id: client.clientId, username: 'robot', tenant: 'default' });
      expect(Number(exp) - Number(iat)).toBe(6_000);
    }
  });

  it('parameters without a value, or that nobody knows, count as not sent', async () => {
    expect((await ask('grant_type=client_credentials&scope=&resource=x&__proto__=y&constructor=z')).status).toBe(200);
    expect((await ask('&&grant_type=client_credentials&')).status).toBe(200);
    expect((await ask('grant_type=&scope=')).body).toMatchObject({ error: 'invalid_request' });
    expect((await ask({ ...grant, client_secret: '' })).status).toBe(200);
  });

  it.each([
    ['no parameters', '', {}, 400, 'invalid_request'],
    ['no grant type', 'scope=', {}, 400, 'invalid_request'],
    ['a repeated parameter', 'grant_type=client_credentials&grant_type=client_credentials', {}, 400, 'invalid_request'],
    ['a repeated parameter that nobody knows', 'grant_type=client_credentials&a=1&a=2', {}, 400, 'invalid_request'],
    ['a value that is not encoded', 'grant_type=%zz', {}, 400, 'invalid_request'],
    ['bytes that are no UTF-8', 'grant_type=%FF', {}, 400, 'invalid_request'],
    ['a NUL', 'grant_type=a%00', {}, 400, 'invalid_request'],
    ['JSON', '{"grant_type":"client_credentials"}', { 'Content-Type': 'application/json' }, 400, 'invalid_request'],
    ['a form of another charset', 'grant_type=client_credentials', {
      'Content-Type': 'application/x-www-form-urlencoded; charset=latin1',
    }, 400, 'invalid_request'],
    ['too much', `grant_type=${'x'.repeat(200_000)}`, {}, 400, 'invalid_request'],
    ['another grant type', 'grant_type=password&username=a&password=b', {}, 400, 'unsupported_grant_type'],
    ['a scope', 'grant_type=client_credentials&scope=read', {}, 400, 'invalid_scope'],
  ])('%s, is an error of RFC 6749 and nothing is issued', async (_what, form, headers, status, error) => {
    const answer = await ask(form, { ...basicOf(client), ...headers });
    expect(answer.status).toBe(status);
    const { error_description: description } = answer.body as { error_description: string };
    expect(answer.body).toEqual({ error, error_description: description });
    expect(description).toMatch(/^[ !#-[\]-~]+$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('two ways at once are invalid_request, and wrong credentials are invalid_client with a challenge', async () => {
    expect((await ask({ ...grant, client_id: client.clientId, client_secret: client.secret })).body)
      .toMatchObject({ error: 'invalid_request' });
    const nobody = { clientId: client.clientId.replace(/.$/, (last) => (last === '0' ? '1' : '0')), secret: client.secret };
    for (const headers of [{}, { Authorization: 'Basic ???' }, { Authorization: 'Bearer abc' }, basicOf(
      { ...client, secret: 'wrong' },
    ), basicOf(nobody), basicOf({ ...client, clientId: 'made up' })]) {
      const answer = await ask(grant, headers);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="gatehouse", charset="UTF-8"');
    }
  });

  it('a parameter in the URL, is refused there', async () => {
    const { status, body } = await postForm(server.anonymous, '/oauth/token?client_secret=x', grant, basicOf(client));
    expect({ status, body }).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('of a client of another tenant, at that tenant\'s own host alone', async () => {
    await server.superadmin.post(
      '/tenants/create', { name: 'hosted', domain: 'hosted.example', admin: { email: 'boss@hosted.example' } }, 201,
    );
    await server.superadmin.post(
      '/tenants/create', { name: 'other', domain: 'other.example', admin: { email: 'boss@other.example' } }, 201,
    );
    const hosted = await newServiceClient(server.superadmin, [], '?tenant=hosted');
    expect((await ask(grant, { ...basicOf(hosted), Host: 'hosted.example' })).status).toBe(200);
    expect((await ask(grant, { ...basicOf(hosted), Host: 'other.example' })).body).toMatchObject({ error: 'invalid_client' });
  }, 60_000);

  it('token whose time is over, is refused, as is its session', async () => {
    const service = await asService(server.anonymous, client);
    skew = 6_001_000; // within the tolerance for clocks, which the session has not
    expect((await service.get('/admin/load-users')).body).toMatchObject({ code: 'session-ended' });
    skew = 6_061_000;
    expect((await service.get('/admin/load-users')).body).toMatchObject({ code: 'token-expired' });
    skew = 0;
    await service.get('/admin/load-users', 200);
  });

  it('twenty at once, are all answered, each with a session of its own', async () => {
    const busy = await newServiceClient(server.superadmin);
    const services = await Promise.all(Array.from({ length: 20 }, () => asService(server.anonymous, busy)));
    expect(new Set(services.map(({ token }) => claimsOf(token ?? '')['sid'])).size).toBe(20);
    for (const service of services) await service.get('/permissions', 200);
  }, 60_000);

  it('the hundred and first session of a client, ends the oldest', async () => {
    const busy = await newServiceClient(server.superadmin);
    const [first, second] = [await asService(server.anonymous, busy), await asService(server.anonymous, busy)];
    const [stored] = await server.stores.sessions.find(
      { tenantId: 'default', userId: busy.clientId },
    ).sort({ createdAt: 1, _id: 1 }).lean();
    if (!stored) throw new Error('No session was stored.');
    await server.stores.sessions.insertMany(Array.from(
      { length: 98 }, (_each, index) => ({ ...stored, _id: `copy-${index}`, createdAt: new Date(stored.createdAt.getTime() + 60_000) }),
    ));
    await first.get('/permissions', 200);
    await asService(server.anonymous, busy);
    expect((await first.get('/permissions')).body).toMatchObject({ code: 'session-ended' });
    await second.get('/permissions', 200);
    expect(await server.stores.sessions.countDocuments({ tenantId: 'default', userId: busy.clientId })).toBe(100);
  });
});

describe('GET /.well-known/oauth-authorization-server', () => {
  it('names the URLs that are served, at the issuer of the tokens', async () => {
    const { body } = await server.anonymous.get('/.well-known/oauth-authorization-server', 200);
    const { issuer, ...metadata } = body;
    expect(issuer).toBe(claimsOf(((await ask(grant)).body as { access_token: string }).access_token)['iss']);
    expect(metadata).toMatchObject({
      token_endpoint: `${issuer}/oauth/token`, introspection_endpoint: `${issuer}/oauth/introspect`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    });
  });
});

describe('wrong secrets', () => {
  it('of one source, from the eleventh on wait, a right one too, and another source does not', async () => {
    const limited = await startGatehouse();
    try {
      const good = await newServiceClient(limited.superadmin);
      const failed = [];
      for (let count = 0; count < 10; count += 1) {
        failed.push((await postForm(limited.anonymous, '/oauth/introspect', { token: 'x' }, basicOf({ ...good, secret: 'wrong' }))).status);
      }
      expect(failed).toEqual(failed.map(() => 401));
      const answer = await postForm(limited.anonymous, '/oauth/token', grant, basicOf(good));
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await limited.close();
    }
  }, 60_000);
});
