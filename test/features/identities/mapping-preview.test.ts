import type { Provisioning, RoleMappingEntry } from '../../../src/features/identities/identity.types.ts';
import { createRandom } from '../../fuzz/random.ts';
import { bodyOf, codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';
import { proof } from '../../support/proof.ts';
import { providerBody } from '../sso/provider-content.ts';

// A preview of an edited mapping must be equal to the difference that the edit then makes, in what every user holds.

const sizes = { edits: proof({ short: 6, ci: 40, full: 200 }), users: proof({ short: 4, ci: 20, full: 30 }) };
const names = ['read:a', 'read:b', 'write:a', 'write:b'];
const configuration = { issuer: 'https://idp.example', clientId: 'gatehouse', clientAuthentication: 'basic' } as const;

interface Call { readonly method: 'PUT' | 'POST' | 'DELETE'; readonly url: string; readonly body?: object }

describe('a preview of an edited mapping', () => {
  it(`${sizes.edits} random edits of two providers, equals the difference that each makes`, async () => {
    const seed = Number(process.env['PREVIEW_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = createRandom(seed);
    const began = Date.now();
    const gatehouse = await startGatehouse({
      permissions: names.map((permission) => ({ permission, description: permission })),
      clock: () => began + (Date.now() - began) / 10, // so slow that the login stays recent for all edits
    });
    const identities = startIdentities(gatehouse);
    const { superadmin: root } = gatehouse;
    const some = <T>(values: readonly T[], share: number) => values.filter(() => random.chance(share));

    const roles: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      roles.push(await gatehouse.newRoleWith({ permissions: some(names, 0.4), inherits: some(roles, 0.2) }));
    }
    const newMapping = (): { roleMapping: RoleMappingEntry[]; provisioning: Provisioning } => ({
      roleMapping: some(['eng', 'eng-*', '*-core', 'ops', '*'], 0.5).map((group) => ({ group, role: random.pick(roles) })),
      provisioning: random.pick([{}, { defaultRole: random.pick(roles) }, { unmatched: 'refuse' as const }]),
    });
    const newProvider = (providerName: string) => identities.newProvider(
      { providerName, ...newMapping(), live: { revision: 1, configuration, sealed: {} } },
    );
    const providers = [await newProvider('one'), await newProvider('two')];
    for (let index = 0; index < sizes.users; index += 1) {
      const { userId } = await gatehouse.newUser(...some(roles, 0.1));
      for (const provider of some(providers, 0.7)) {
        const groups = some(['eng', 'ENG-core', 'ops', 'db-core'], 0.4);
        const person = { ...identities.personOf({}), claims: { groups } };
        // Refused persons are linked as if an earlier mapping had let them in.
        await identities.link({ ...provider, provisioning: {} }, person, userId);
      }
    }

    /** All that users hold, as text, read in the way of sessions. */
    async function measure(): Promise<Set<string>> {
      const all = new Set<string>();
      const users = await identities.models.users.find({ tenantId: 'default' }).lean();
      for (const { principal, granted } of await identities.grants.resolveGrantsOfAll('default', users)) {
        for (const grant of granted) if (grant.kind === 'permission') all.add(`${principal._id} ${grant.permission}`);
      }
      return all;
    }
    const minus = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].filter((each) => !other.has(each)).sort();
    const editOf = (providerId: string): Call => {
      const under = (name: string, body: object): Call => ({ method: 'POST', url: `/identity-providers/${name}`, body });
      if (random.chance(0.1)) return under('deactivate', { providerId });
      if (random.chance(0.2)) return under('activate', { providerId, revision: 1 });
      return { method: 'PUT', url: '/identity-providers/update', body: { providerId, ...newMapping() } };
    };

    const counts = { seen: 0, at: { update: 0, activate: 0, deactivate: 0, delete: 0 } };
    for (let round = 0; round <= sizes.edits; round += 1) {
      const { _id } = random.pick(providers);
      const { method, url, body }: Call = round === sizes.edits ? { method: 'DELETE', url: `/identity-providers/delete?providerId=${_id}` }
        : editOf(_id);
      const before = await measure();
      const { items } = bodyOf(await root.post('/roles/preview', { method, url, ...(body && { body }), limit: 100 }, 200));
      expect(await measure()).toEqual(before);
      await root.send(method, url, { ...(body && { body }), expected: method === 'DELETE' ? 204 : 200 });
      const after = await measure();
      const textsOf = (side: 'gained' | 'lost') => items.flatMap(({ userId, [side]: things }) => things.flatMap(
        ({ permission }) => (permission === undefined ? [] : [`${userId} ${permission}`]),
      )).sort();
      expect({ seed, round, url, gained: textsOf('gained'), lost: textsOf('lost') })
        .toEqual({ seed, round, url, gained: minus(after, before), lost: minus(before, after) });
      counts.seen += items.length;
      for (const name of ['update', 'activate', 'deactivate', 'delete'] as const) if (url.includes(`/${name}`)) counts.at[name] += 1;
    }
    console.log(`previews of mappings: ${JSON.stringify(counts.at)} foreseen exactly, with ${counts.seen} changes of what somebody holds`);
    expect(counts.seen).toBeGreaterThan(0);
  }, proof({ short: 120_000, ci: 240_000, full: 900_000 }));

  it('by an admin, is refused as the edit itself, but needs no recent login', async () => {
    const time = { skew: 0 };
    const gatehouse = await startGatehouse({
      clock: () => Date.now() + time.skew, permissions: [{ permission: 'read:a', description: 'read a' }],
    });
    const { superadmin: root } = gatehouse;
    const { name, admin: { client } } = await gatehouse.newTenant();
    const { providerId } = bodyOf(await client.post('/identity-providers/create', providerBody(), 201));
    const roleWith = async (roleId: string, permissions: readonly string[]) => (
      await root.post(`/roles/create?tenant=${name}`, { roleId, type: roleId, rights: [], permissions }, 201)).body.roleId;
    const editTo = (role: string) => (
      { method: 'PUT', url: '/identity-providers/update', body: { providerId, roleMapping: [{ group: 'eng', role }] } } as const);
    const strong = editTo(await roleWith('strong', ['read:a']));
    const weak = editTo(await roleWith('weak', []));
    expect(codeOf(await client.post('/roles/preview', strong, 403))).toBe('grants-exceed-own');
    time.skew = 601_000;
    await client.post('/roles/preview', weak, 200);
    expect(codeOf(await client.put(weak.url, weak.body, 401))).toBe('recent-login-required');
    time.skew = 0;
    await root.put(`/roles/update-rights?tenant=${name}`, { type: 'admin', remove: [weak.url] }, 200);
    expect(codeOf(await client.post('/roles/preview', weak, 403))).toBe('right-missing');
    await root.post(`/roles/preview?tenant=${name}`, strong, 200);
  });
});
