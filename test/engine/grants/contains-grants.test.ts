import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { containsGrants } from '../../../src/engine/grants/contains-grants.ts';
import { resolveRights } from '../../../src/engine/grants/right.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { registryOf } from '../registries.ts';

const registry = registryOf({});
const compile = (policies: readonly Policy[]) => compileGrants(registry, { rights: [], policies, isSuperadmin: false });
const numbered = <T>(count: number, make: (number: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** Allows of one name each, so that no question meets many of them. */
const other = compile(numbered(300, (number) => ({ effect: 'allow', actions: ['manage'], resources: [`n${number}/z`] })));
/** An allow of everything, and denies that begin with a wildcard: each is compared with all allows of the other. */
const ownWithDenies = (...names: readonly string[]) => compile([
  { effect: 'allow', actions: ['manage'], resources: ['*'] },
  ...names.map((name): Policy => ({ effect: 'deny', actions: ['update'], resources: [`*/${name}`] })),
]);
const manyNames = numbered(500, (number) => `d${number}`);

describe('containsGrants, where the caller has denies', () => {
  it('that do not concern what the other holds, contains it', () => {
    expect(containsGrants(ownWithDenies('d1', 'd2'), other, registry)).toBe(true);
  });

  it('of which one limits what the other holds without a limit, does not contain it', () => {
    expect(containsGrants(ownWithDenies('d1', 'd2', 'z'), other, registry)).toBe(false);
  });

  it('so many that they cannot all be compared, does not contain it, whether or not one would limit it', () => {
    expect(containsGrants(ownWithDenies(...manyNames, 'z'), other, registry)).toBe(false);
    expect(containsGrants(ownWithDenies(...manyNames), other, registry)).toBe(false);
  });
});

describe('containsGrants, where the caller has a deny on URLs', () => {
  const urls = registryOf({ auth: { '/': [{ name: 'notes', methods: ['GET', 'PUT'] }, { name: 'drafts', methods: ['GET'] }] } });
  const withRights = (names: readonly string[], ...policies: readonly Policy[]) => (
    compileGrants(urls, { rights: resolveRights(urls, names, '').rights, policies, isSuperadmin: false }));
  const deny = (action: string, resource: string): Policy => ({ effect: 'deny', actions: [action], resources: [resource] });
  const all = ['/notes', '/drafts'];

  it.each([
    ['of every method of its URL', deny('manage', '/notes')], ['of its method', deny('PUT', '/notes')],
    ['of its method on a pattern that covers its URL', deny('GET', '/**')],
  ])('%s, does not contain a right to it, unless the other has the same deny', (_what, denied) => {
    expect(containsGrants(withRights(all, denied), withRights(all), urls)).toBe(false);
    expect(containsGrants(withRights(all, denied), withRights(all, denied), urls)).toBe(true);
  });

  it.each([
    ['of a method that the URL does not have', deny('DELETE', '/notes')],
    ['of a URL to which the other has no right', deny('manage', '/drafts')],
  ])('%s, contains it', (_what, denied) => {
    expect(containsGrants(withRights(all, denied), withRights(['/notes']), urls)).toBe(true);
  });
});
