import { createMongoAbility } from '@casl/ability';
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { decideUrl } from '../../../src/engine/decide.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { listUrls } from '../../../src/engine/urls/registered-url.ts';
import { resolveRights } from '../../../src/engine/grants/right.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import type { BenchModel, BenchRequest } from './policies.ts';

/** What is compared, in the order in which they take turns. */
export const contestants = ['gatehouse', 'casbin', 'casl'] as const;
export type ContestantName = (typeof contestants)[number];

/** Says whether the user may send a request. */
export type Decider = (request: BenchRequest) => boolean;

/** Each gives one contestant the same policy. */
export const builders: Record<ContestantName, (model: BenchModel) => Decider | Promise<Decider>> = {
  gatehouse: createOurs, casbin: createCasbin, casl: createCasl,
};

/** Finds the registered URL and decides, as the gate does. */
function createOurs({ urls, heldRoles }: BenchModel): Decider {
  const registry = createUrlRegistry(listUrls([{ auth: { '/': urls.map((name) => ({ name, methods: ['GET'] })) } }]));
  const { rights } = resolveRights(registry, heldRoles.flatMap((role) => role.urls), 'rights');
  const grants = compileGrants(registry, { rights, policies: [], isSuperadmin: false });
  const facts = { now: Date.now() };
  return ({ path }) => {
    const lookup = registry.lookUp('GET', path);
    return lookup.kind === 'found' && decideUrl(grants, { endpoint: lookup.endpoint, path }, facts).allowed;
  };
}

// Without denies, so that casbin may stop at the first line that allows.
const casbinModel = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && r.act == p.act
`;

async function createCasbin({ roles, heldRoles }: BenchModel): Promise<Decider> {
  const lines = [
    ...roles.flatMap(({ roleId, urls }) => urls.map((url) => `p, ${roleId}, ${url}, GET`)),
    ...heldRoles.map(({ roleId }) => `g, user, ${roleId}`),
  ];
  const enforcer = await newEnforcer(newModelFromString(casbinModel), new StringAdapter(lines.join('\n')));
  return ({ path }) => enforcer.enforceSync('user', path, 'GET');
}

/** CASL matches no URLs: it gets the registered one, which a router would have to find first. */
function createCasl({ heldRoles }: BenchModel): Decider {
  const ability = createMongoAbility(heldRoles.flatMap((role) => role.urls.map((url) => ({ action: 'GET', subject: url }))));
  return ({ url }) => ability.can('GET', url);
}
