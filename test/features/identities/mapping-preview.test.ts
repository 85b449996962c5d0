import type { Caller } from '../../../src/engine/caller.ts';
import type { Provisioning, RoleMappingEntry } from '../../../src/features/identities/identity.types.ts';
import { createPreview } from '../../../src/features/preview/preview.service.ts';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import { createRandom } from '../../fuzz/random.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';
import { proof } from '../../support/proof.ts';

// A preview of an edited mapping must be equal to the difference that the edit then makes, in what every user holds.

const sizes = { edits: proof({ short: 5, ci: 60, full: 200 }), users: proof({ short: 4, ci: 20, full: 30 }) };
const names = ['read:a', 'read:b', 'write:a', 'write:b'];

describe('a preview of an edited mapping', () => {
  it(`${sizes.edits} random edits of two providers, equals the difference that each makes`, async () => {
    const seed = Number(process.env['PREVIEW_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = createRandom(seed);
    const gatehouse = await startGatehouse({ permissions: names.map((permission) => ({ permission, description: permission })) });
    const identities = startIdentities(gatehouse);
    const some = <T>(values: readonly T[], share: number) => values.filter(() => random.chance(share));

    const roles: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      roles.push(await gatehouse.newRoleWith({ permissions: some(names, 0.4), inherits: some(roles, 0.2) }));
    }
    const newMapping = (): { roleMapping: RoleMappingEntry[]; provisioning: Provisioning } => ({
      roleMapping: some(['eng', 'eng-*', '*-core', 'ops', '*'], 0.5).map((group) => ({ group, role: random.pick(roles) })),
      provisioning: random.pick([{}, { defaultRole: random.pick(roles) }, { unmatched: 'refuse' as const }]),
    });
    let providers = [await identities.newProvider(newMapping()), await identities.newProvider(newMapping())];
    for (let index = 0; index < sizes.users; index += 1) {
      const { userId } = await gatehouse.newUser(...some(roles, 0.1));
      for (const provider of some(providers, 0.7)) {
        const groups = some(['eng', 'ENG-core', 'ops', 'db-core'], 0.4);
        const person = { ...identities.personOf({}), claims: { groups } };
        // Refused persons are linked as if an earlier mapping had let them in.
        await identities.link({ ...provider, provisioning: {} }, person, userId);
      }
    }

    const { changes } = identities.platform;
    const edit = { index: 0, to: newMapping() };
    const preview = createPreview({
      ...identities.grants, registry: identities.registry, changes, ...identities.stores.identities,
      // The URLs of providers are another part: here the edit is made as they make it.
      runCalls: async () => {
        const provider = providers[edit.index];
        if (provider) await changes.transact(systemActor('default'), async (tx) => {
          await identities.models.identityProviders.updateOne(
            { tenantId: 'default', _id: provider._id }, { $set: edit.to }, { session: tx.session },
          );
          tx.record({ action: 'role.reassign', target: { kind: 'provider', id: provider._id }, raisesPolicy: true });
        });
      },
    });
    const caller = { userId: 'nobody', tenantId: 'default' } as Caller; // as much of one as is read

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

    let seen = 0;
    for (let round = 0; round < sizes.edits; round += 1) {
      Object.assign(edit, { index: random.below(2), to: newMapping() });
      const before = await measure();
      const { items } = await preview(caller, [{ method: 'PUT', url: '/x' }], { limit: 1_000 }, {} as never); // which nothing reads
      expect(await measure()).toEqual(before);
      const [provider] = providers.slice(edit.index);
      if (!provider) throw new Error('There are two providers.');
      const edited = await identities.editProvider(provider, edit.to);
      providers = providers.map((each) => (each === provider ? edited : each));
      const after = await measure();
      const textsOf = (side: 'gained' | 'lost') => items.flatMap(
        ({ userId, [side]: things }) => things.flatMap((thing) => ('permission' in thing ? [`${userId} ${thing.permission}`] : [])),
      ).sort();
      expect({ seed, round, gained: textsOf('gained'), lost: textsOf('lost') })
        .toEqual({ seed, round, gained: minus(after, before), lost: minus(before, after) });
      seen += items.length;
    }
    expect(seen).toBeGreaterThan(0);
  }, proof({ short: 120_000, ci: 240_000, full: 900_000 }));
});
