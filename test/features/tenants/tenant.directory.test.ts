import type { Model } from 'mongoose';
import { createTenantDirectory } from '../../../src/features/tenants/tenant.directory.ts';
import type { TenantDirectoryDeps } from '../../../src/features/tenants/tenant.directory.ts';
import { createTenantNameStore } from '../../../src/features/tenants/tenant-names.store.ts';
import type { Tenant } from '../../../src/features/tenants/tenant.model.ts';

const tenants: readonly Partial<Tenant>[] = [
  { _id: 'default', name: 'default', status: 'active' },
  { _id: 'a', name: 'acme', domain: 'acme.example', status: 'active', isolation: 'database' },
  { _id: 'o', name: 'other', domain: 'other.example', status: 'active' },
  { _id: 's', name: 'asleep', domain: 'asleep.example', status: 'suspended' },
  { _id: 'd', name: 'gone', domain: 'gone.example', status: 'deleted' },
];

/** The directory of these tenants below gate.example; what it asks the store and says of places is noted. */
function watchDirectory(order: TenantDirectoryDeps['order'] = ['body', 'host', 'email']) {
  const seen = { asked: [] as string[], places: [] as string[] };
  const findOne = (filter: Partial<Tenant>) => {
    seen.asked.push(JSON.stringify(filter));
    const [[field, value] = ['', '']] = Object.entries(filter);
    return {
      lean: () => Promise.resolve(tenants.find((tenant) => tenant[field as keyof Tenant] === value) ?? null),
    }; // a field that the directory names
  };
  const directory = createTenantDirectory({
    names: createTenantNameStore({ findOne } as unknown as Model<Tenant>), // as much of it as is used
    order, publicHost: 'gate.example', tenantOfToken: (token) => (token.includes('.') ? token.split('.', 1)[0] ?? null : null),
    recordLocation: (tenantId, placement) => void seen.places.push(`${tenantId} ${placement}`),
  });
  return { seen, directory };
}

describe('the tenant of a request without a token', () => {
  it.each([
    ['nothing that says so', { host: 'gate.example' }, 'default'],
    ['the name of a tenant', { host: 'gate.example', tenant: 'acme' }, 'a'],
    ['the name of a tenant, at the host of another', { host: 'other.gate.example', tenant: 'acme' }, 'a'],
    ['an unknown name', { host: 'acme.gate.example', tenant: 'nobody' }, 'none'],
    ['the name of a suspended tenant', { host: 'gate.example', tenant: 'asleep' }, 'none'],
    ['the name of a deleted tenant', { host: 'gate.example', tenant: 'gone' }, 'none'],
    ['a subdomain', { host: 'acme.gate.example' }, 'a'],
    ['a subdomain that is no tenant\'s', { host: 'nobody.gate.example', email: 'ann@acme.example' }, 'none'],
    ['the subdomain of a suspended tenant', { host: 'asleep.gate.example' }, 'none'],
    ['a domain of its own', { host: 'acme.example' }, 'a'],
    ['a domain that is no tenant\'s', { host: 'machine.local' }, 'default'],
    ['the domain of a suspended tenant', { host: 'asleep.example' }, 'none'],
    ['an address by number', { host: '127.0.0.1', email: 'ann@acme.example' }, 'a'],
    ['an address by number of IPv6', { host: '[::1]' }, 'default'],
    ['no host', { host: '' }, 'default'],
    ['an e-mail address', { host: 'gate.example', email: 'ann@acme.example' }, 'a'],
    ['an e-mail address with two @', { host: 'gate.example', email: '"a@other.example"@acme.example' }, 'a'],
    ['an e-mail address of nobody\'s domain', { host: 'gate.example', email: 'ann@example.org' }, 'default'],
    ['an e-mail address of a suspended tenant', { host: 'gate.example', email: 'ann@asleep.example' }, 'none'],
    ['what is no e-mail address', { host: 'gate.example', email: '@' }, 'default'],
  ])('%s, is told', async (_what, hints, expected) => {
    expect(await watchDirectory().directory.resolve(hints)).toBe(expected);
  });

  it('is named by the first source in the order, and by no other source', async () => {
    const hints = { host: 'acme.gate.example', tenant: 'other', email: 'ann@asleep.example' };
    expect(await watchDirectory(['host', 'body']).directory.resolve(hints)).toBe('a');
    expect(await watchDirectory(['email']).directory.resolve(hints)).toBe('none');
    expect(await watchDirectory([]).directory.resolve(hints)).toBe('default');
  });

  it('is refused if it is required and unknown', async () => {
    const { directory } = watchDirectory();
    expect(await directory.resolveExisting({ host: 'acme.gate.example' })).toBe('a');
    await expect(directory.resolveExisting({ host: 'nobody.gate.example' })).rejects.toMatchObject({ code: 'tenant-not-found' });
  });
});

describe('the host of a token', () => {
  it.each([
    ['acme.gate.example', true], ['acme.example', true], ['gate.example', true], ['machine.local', true], ['other.gate.example', false],
    ['other.example', false], ['nobody.gate.example', false], ['asleep.gate.example', false],
  ])('%s, serves a token of acme: %s', async (host, serves) => {
    const { directory } = watchDirectory();
    expect(await directory.serves(host, 'a')).toBe(serves);
    await (serves ? expect(
      directory.requireHost(host, 'a'),
    ).resolves.toBeUndefined() : expect(directory.requireHost(host, 'a')).rejects.toMatchObject({ code: 'token-of-other-tenant' }));
    expect(directory.recallServes(host, 'a')).toBe(serves);
  });

  it('that was not looked up yet, is not known from memory, unless it is no tenant\'s', async () => {
    const { seen, directory } = watchDirectory();
    expect(directory.recallServes('acme.example', 'a')).toBeUndefined();
    expect(directory.recallServes('gate.example', 'a')).toBe(true);
    expect(directory.recallServes('127.0.0.1', 'a')).toBe(true);
    await directory.serves('acme.example', 'a');
    expect(directory.recallServes('acme.example', 'a')).toBe(true);
    directory.forget();
    expect(directory.recallServes('acme.example', 'a')).toBeUndefined();
    expect(seen.asked).toEqual(['{"domain":"acme.example"}']);
  });

  it('of a refresh token, is required, and it is then known where its tenant is kept', async () => {
    const { seen, directory } = watchDirectory();
    await directory.requireHostFor('a.secret', 'acme.example');
    expect(seen.places).toEqual(['a database', 'a database']);
    await expect(directory.requireHostFor('a.secret', 'other.example')).rejects.toMatchObject({ code: 'token-of-other-tenant' });
    await expect(directory.requireHostFor('rubbish', 'other.example')).resolves.toBeUndefined();
  });

  it('of a refresh token of no tenant, is known as that of a tenant without rows; an unknown name or domain is not', async () => {
    const { seen, directory } = watchDirectory();
    await directory.requireHostFor('x.secret', 'gate.example');
    expect(seen.places).toEqual(['x shared']);
    await directory.resolve({ host: 'machine.local', email: 'ann@example.org' });
    await expect(directory.find('nobody')).rejects.toMatchObject({ code: 'tenant-not-found' });
    expect(seen.places.filter((place) => !place.startsWith('default '))).toEqual(['x shared']);
  });

  it.each([
    ['a.secret', 'gate.example', 'a'], ['a.secret', 'acme.example', 'a'], ['a.secret', 'other.example', 'none'],
    ['s.secret', 'gate.example', 'none'], ['x.secret', 'gate.example', 'none'],
    ['rubbish', 'gate.example', 'none'],
  ])('of the one-time token %s at %s, gives the tenant %s', async (token, host, expected) => {
    expect(await watchDirectory().directory.ofToken(token, host)).toBe(expected);
  });
});

describe('a tenant by its name', () => {
  it('is found, also suspended, and one that is deleted or unknown is not', async () => {
    const { directory } = watchDirectory();
    expect([await directory.find('acme'), await directory.find('asleep')]).toEqual(['a', 's']);
    for (const name of ['gone', 'nobody']) await expect(directory.find(name)).rejects.toMatchObject({ code: 'tenant-not-found' });
  });

  it('is looked up once, and again after a change', async () => {
    const { seen, directory } = watchDirectory();
    for (let times = 0; times < 3; times += 1) await directory.find('acme');
    expect(seen.asked).toHaveLength(1);
    directory.forget();
    await directory.find('acme');
    expect(seen.asked).toHaveLength(2);
  });
});
