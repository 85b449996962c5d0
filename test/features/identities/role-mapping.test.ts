import type { RoleMappingEntry } from '../../../src/features/identities/identity.types.ts';
import { createProvide } from '../../../src/features/identities/provided/provided-roles.ts';
import { createMapRoles } from '../../../src/features/identities/role-mapping.ts';
import type { Asserted } from '../../../src/features/identities/role-mapping.ts';
import { createRandom } from '../../fuzz/random.ts';
import { proof } from '../../support/proof.ts';

const of = (...groups: string[]): Asserted => ({ groups, values: [] });

describe('role mappings', () => {
  it('groups, are compared without letter case, whole or by a beginning or an end', () => {
    const map = createMapRoles([
      { group: 'Engineering', role: 'whole' }, { group: 'eng-*', role: 'begins' }, { group: '*-Admins', role: 'ends' },
      { group: '*', role: 'any' },
    ]);
    expect(map(of('ENGINEERING'))).toEqual([{ roleId: 'any', group: 'ENGINEERING' }, { roleId: 'whole', group: 'ENGINEERING' }]);
    expect(map(of('Eng-Core', 'db-admins')).map(({ roleId, group }) => `${roleId} ${group}`))
      .toEqual(['any Eng-Core', 'begins Eng-Core', 'ends db-admins']);
    expect(map(of())).toEqual([]);
  });

  it('a group with the name of a role, and an asserted role, give nothing by themselves', () => {
    const map = createMapRoles([{ group: 'eng', role: 'clerk' }]);
    expect(map({ groups: ['admin', 'clerk'], values: [{ from: 'roles', values: ['eng', 'admin'] }] })).toEqual([]);
  });

  it('if nothing matches, the default role of the provider, or else of the tenant, unless persons are refused', () => {
    const provide = (provisioning: object) => createProvide({ _id: 'p', roleMapping: [{ group: 'eng', role: 'x' }], provisioning });
    expect(provide({ defaultRole: 'mine' })(of('ops'), 'usual')).toEqual([{ providerId: 'p', roleId: 'mine' }]);
    expect(provide({})(of('ops'), 'usual')).toEqual([{ providerId: 'p', roleId: 'usual' }]);
    expect(provide({ unmatched: 'refuse', defaultRole: 'mine' })(of('ops'), 'usual')).toEqual([]);
    expect(provide({ defaultRole: 'mine' })(of('Eng'), 'usual')).toEqual([{ providerId: 'p', roleId: 'x', group: 'Eng' }]);
  });

  it('random mappings and groups, equal an oracle that tries every entry, in any order of the entries', () => {
    const seed = Number(process.env['MAPPING_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = createRandom(seed);
    const names = ['eng', 'Eng', 'eng-core', 'ENG-ops', 'ops', 'core-eng', 'ÉNG-x', 'a*', 'e', ''].filter((name) => name !== '');
    const patterns = [...names.filter((name) => !name.includes('*')), 'eng-*', 'E*', '*', '*-ENG', '*s', 'éng-*'];
    const sources = ['roles', 'department', 'attributes.x'];
    const roles = ['r1', 'r2', 'r3', 'r4', 'r5'];
    const list = <T>(limit: number, make: () => T) => Array.from({ length: random.below(limit + 1) }, make);
    const low = (text: string) => text.toLowerCase();

    const patternOf = (group: string) => group.split('*').map((part) => part.replace(/[^\w]/g, '\\$&')).join('.*');

    /** Tries each entry with each group, by a regular expression. */
    function oracle(entries: readonly RoleMappingEntry[], { groups, values }: Asserted): string[] {
      const given = entries.flatMap((entry) => {
        const isGiven = 'from' in entry
          ? values.some(({ from, values: all }) => from === entry.from && all.some((value) => low(value) === low(entry.equals)))
          : groups.some((group) => new RegExp(`^${patternOf(entry.group)}$`, 'i').test(group));
        return isGiven ? [entry.role] : [];
      });
      return [...new Set(given)].sort();
    }

    for (let round = 0; round < proof({ short: 2_000, ci: 10_000, full: 10_000 }); round += 1) {
      const entries = list(12, (): RoleMappingEntry => (random.chance(0.7)
        ? { group: random.pick(patterns), role: random.pick(roles) }
        : { from: random.pick(sources), equals: random.pick(names), role: random.pick(roles) }));
      const asserted = {
        groups: [...new Set(list(5, () => random.pick(names)))],
        values: sources.filter(() => random.chance(0.5)).map((from) => ({ from, values: list(3, () => random.pick(names)) })),
      };
      const found = createMapRoles(entries)(asserted);
      const roleIds = found.map(({ roleId }) => roleId);
      expect({ seed, entries, asserted, roleIds }).toEqual({ seed, entries, asserted, roleIds: oracle(entries, asserted) });
      expect(createMapRoles([...entries].reverse())(asserted)).toEqual(found);
      for (const { roleId, group } of found) {
        const [source, value = ''] = group.split('=');
        const alone = asserted.groups.includes(group) ? of(group) : { groups: [], values: [{ from: source ?? '', values: [value] }] };
        expect(oracle(entries, alone)).toContain(roleId);
      }
    }
  });
});
