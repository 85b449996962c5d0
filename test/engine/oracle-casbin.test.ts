import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import type { Enforcer } from 'casbin';
import fc from 'fast-check';
import { collectGrants } from '../../src/engine/grants/collect-grants.ts';
import type { CollectedFrom, GivingRole } from '../../src/engine/grants/collect-grants.ts';
import { decide, decideUrl } from '../../src/engine/decide.ts';
import { grantSetOf } from '../../src/engine/grants/grant.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import type { CompiledGrants } from '../../src/engine/grants/compiled-grants.ts';
import { methods } from '../../src/engine/urls/method.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import { resolveRights } from '../../src/engine/grants/right.ts';
import type { UrlPattern } from '../../src/engine/urls/url-pattern.ts';
import type { UrlRegistry } from '../../src/engine/urls/url-registry.ts';
import { proof } from '../support/proof.ts';
import { matches, paths, patternSets } from './patterns.ts';
import { action, resourcePattern } from './random-policies.ts';
import { registryOf } from './registries.ts';

// Random roles, groups and users, told to casbin as RBAC with deny-override and keyMatch2, which must answer the same.
//
// What casbin cannot say, and is left out here: conditions on missing data (an allow is false, a deny true), time
// windows, a role narrowed to one resource by a membership, a right that opens only its own registered URL where another
// pattern also fits the path, config URLs that stay closed to all but superadmins and open to those, letter case of URLs,
// chains of more than 10 roles. What it says in more than one line: a name that covers what is below it, `**` that may
// stand for nothing, a deny on `*` that covers URLs too.

const questions = proof({ short: 2_000, ci: 30_000, full: 100_000 });
/** How long a test may take, in ms. */
const limit = proof({ short: 60_000, ci: 600_000, full: 1_800_000 });
const perModel = 40;

const model = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && (p.act == r.act || p.act == "manage")
`;

interface World {
  readonly urls: readonly UrlPattern[];
  readonly roles: readonly GivingRole[];
  readonly user: CollectedFrom;
}

const roleIds = ['r0', 'r1', 'r2', 'r3', 'root'];
const someRoles = fc.subarray(roleIds.slice(0, 4));
const effect = fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const);
const ofNames = fc.record({ effect, actions: fc.array(
  fc.oneof(action, fc.constant('manage')), { minLength: 1, maxLength: 2 },
), resources: fc.array(resourcePattern, { minLength: 1, maxLength: 2 }) });
const urlGlob = fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c', ':x', '*', '**'), { maxLength: 3 }), fc.constantFrom('', '/*rest', '/**'))
  .map(([parts, end]) => `/${parts.join('/')}${end}`.replace('//', '/'));
const ofUrls = fc.record({ effect, actions: fc.array(
  fc.constantFrom('GET', 'POST', 'manage'), { minLength: 1, maxLength: 2 },
), resources: fc.array(urlGlob, { minLength: 1, maxLength: 2 }) });
const policies = fc.array(fc.oneof(ofNames, ofUrls), { maxLength: 3 });

/** Patterns of which no path matches two: where several do, a right opens its own, and casbin's line opens all. */
const apart = patternSets.map((patterns) => patterns.reduce<UrlPattern[]>((kept, pattern) => (
  paths.some((path) => matches(pattern, path) && kept.some((other) => matches(other, path))) ? kept : [...kept, pattern]), []));

const worlds: fc.Arbitrary<World> = apart.chain((urls) => {
  const registry = registryOf({ auth: { '/': urls.map(({ url }) => url) } });
  const right = fc.record(
    { url: fc.constantFrom(...urls.map(({ url }) => url)), methods: fc.constantFrom(['GET'], ['POST'], ['GET', 'POST']) },
  );
  const role = (roleId: string): fc.Arbitrary<GivingRole> => fc.record({
    roleId: fc.constant(roleId), isSuperadmin: fc.constant(roleId === 'root'), policies,
    rights: fc.array(right, { maxLength: 2 }).map((inputs) => resolveRights(registry, inputs, '').rights),
    permissions: fc.array(fc.tuple(action, resourcePattern).map((each) => each.join(':')), { maxLength: 2 }),
    inherits: roleId === 'root' ? fc.constant([]) : someRoles,
  });
  return fc.record({
    urls: fc.constant(urls),
    roles: fc.tuple(...roleIds.map(role)),
    user: fc.record({
      roles: fc.tuple(someRoles, fc.nat(9)).map(([some, dice]) => (dice === 0 ? [...some, 'root'] : some)),
      groups: fc.array(fc.record({ groupId: fc.constant('staff'), roles: someRoles, policies }), { maxLength: 1 }),
      memberships: fc.constant([]),
    }),
  });
});

/** The lines of casbin that say what a pattern says: `**` is nothing or `*`, which to keyMatch2 is one part or more. */
function lines(subject: string, { effect, actions, resources }: Policy): string[] {
  const covered = resources.flatMap((text) => (text.startsWith('/') ? [
    'url', ...text.slice(1).split('/').filter((part) => part !== ''),
  ] : ['name', ...text.split('/'), '**']).reduce<string[]>(extend, ['']));
  const isAll = effect === 'deny' && resources.some((text) => /^(\*\*\/)*\*\*?(\/\*\*)*$/.test(text));
  return [...covered, ...(isAll ? ['/url', '/url/*'] : [])].flatMap(
    (object) => actions.map((act) => `p, ${subject}, ${object}, ${act}, ${effect}`),
  );
}

function extend(starts: string[], part: string): string[] {
  if (part === '**') return starts.flatMap((start) => [start, `${start}/*`]);
  return starts.map(
    (start) => (part === '*' || part.startsWith(':') ? `${start}/:part` : part.startsWith('*') ? `${start}/*` : `${start}/${part}`),
  );
}

async function told({ roles, user }: World): Promise<Enforcer> {
  const links = (from: string, to: readonly string[]) => to.map((roleId) => `g, ${from}, ${roleId}`);
  const ofRoles = roles.flatMap(({ roleId, rights, permissions, policies: held, inherits, isSuperadmin }) => [
    ...links(roleId, inherits),
    ...(isSuperadmin === true ? [
      `p, ${roleId}, /url, manage, allow`, `p, ${roleId}, /url/*, manage, allow`, `p, ${roleId}, /name/*, manage, allow`,
    ] : []),
    ...rights.flatMap(({ url, methods: some = methods }) => lines(roleId, { effect: 'allow', actions: some, resources: [url] })),
    ...permissions.flatMap(
      (text) => lines(roleId, { effect: 'allow', actions: text.split(':', 1), resources: [text.slice(text.indexOf(':') + 1)] }),
    ),
    ...held.flatMap((policy) => lines(roleId, policy)),
  ]);
  const ofUser = [...links('user', user.roles), ...user.groups.flatMap(({ groupId, roles: given, policies: held }) => [
    ...links('user', [groupId]), ...links(groupId, given), ...held.flatMap((policy) => lines(groupId, policy)),
  ])];
  // casbin looks through policies only if there is one.
  return newEnforcer(newModelFromString(model), new StringAdapter([...ofRoles, ...ofUser, 'p, nobody, /name, read, allow'].join('\n')));
}

interface Question { readonly kind: 'name' | 'url'; readonly object: readonly string[]; readonly act: string }

const name = fc.array(fc.constantFrom('items', 'orders', '1', '2', '3'), { minLength: 1, maxLength: 4 });
const asked: fc.Arbitrary<Question> = fc.oneof(
  fc.record({ kind: fc.constant('name' as const), object: name, act: action }),
  fc.record({ kind: fc.constant('url' as const), object: fc.constantFrom(...paths), act: fc.constantFrom('GET', 'POST') }),
);

/** Undefined for a URL that nobody registered, about which casbin knows nothing. */
function answer(grants: CompiledGrants, registry: UrlRegistry, { kind, object, act }: Question): string | undefined {
  if (kind === 'name') return decide(grants, { action: act, resource: object.join('/') }, { now: 0 }).reason;
  const path = `/${object.join('/')}`;
  const lookup = registry.lookUp(act, path);
  return lookup.kind === 'found' ? decideUrl(grants, { endpoint: lookup.endpoint, path }, { now: 0 }).reason : undefined;
}

const isAllowed = (reason: string) => reason === 'policy' || reason === 'right';

describe('casbin', () => {
  it('any roles, groups and questions about names and URLs, gives the same answers', async () => {
    const counts = { right: 0, policy: 0, 'policy-denies': 0, missing: 0 };
    let asks = 0;
    await fc.assert(fc.asyncProperty(worlds, fc.array(asked, { minLength: perModel + 25, maxLength: perModel + 25 }), async (
      world, list,
    ) => {
      const registry = registryOf({ auth: { '/': world.urls.map(({ url }) => url) } });
      const grants = compileGrants(
        registry, grantSetOf(collectGrants(world.user, (roleId) => world.roles.find((role) => role.roleId === roleId))),
      );
      const enforcer = await told(world);
      for (const question of list) {
        const reason = answer(grants, registry, question);
        if (reason === undefined) continue;
        const { kind, object, act } = question;
        const theirs = enforcer.enforceSync('user', ['', kind, ...object].join('/'), act);
        if (theirs !== isAllowed(
          reason,
        )) throw new Error(`casbin ${theirs ? 'allows' : 'refuses'} ${act} ${object.join('/')}, which is ${reason} here.`);
        asks += 1;
        counts[reason === 'right' || reason === 'policy' || reason === 'policy-denies' ? reason : 'missing'] += 1;
      }
    }), { numRuns: Math.ceil(questions / perModel), includeErrorInReport: true });
    console.log(`casbin: ${asks} questions to ${Math.ceil(questions / perModel)} models, 0 disagreements: ${JSON.stringify(counts)}`);
    expect(asks).toBeGreaterThanOrEqual(questions);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(asks / 20);
  }, limit);
});
