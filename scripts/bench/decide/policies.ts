import type { Policy } from '../../../src/engine/policies/policy.ts';

/** A role and the URLs that it may call with GET. */
export interface BenchRole {
  readonly roleId: string;
  readonly urls: readonly string[];
}

/** The same policy for every contestant, and what is asked of it. */
export interface BenchModel {
  /** Registered URLs, some with parameters. */
  readonly urls: readonly string[];
  readonly roles: readonly BenchRole[];
  /** Those of the one user, evenly spread over the list. */
  readonly heldRoles: readonly BenchRole[];
  readonly requests: readonly BenchRequest[];
}

export interface BenchRequest {
  /** As sent. */
  readonly path: string;
  /** The registered URL that it is for. */
  readonly url: string;
}

/** How many of what a model is made of. */
export interface ModelSize {
  readonly urls: number;
  readonly roles: number;
  readonly rightsPerRole: number;
  readonly heldRoles: number;
}

/** All lines of casbin's policy, and all rights that some role holds. */
export function policyCount({ roles, rightsPerRole }: ModelSize): number {
  return roles * rightsPerRole;
}

const requestCount = 20_000;

/** Makes a model of this size, the same on each call. Half of the requests are for what the user may call; all are in random order. */
export function createModel({ urls: urlCount, roles: roleCount, rightsPerRole, heldRoles }: ModelSize): BenchModel {
  const random = createRandom(urlCount + roleCount);
  const urls = Array.from({ length: urlCount }, (_each, index) => urlOf(index));
  const roles = Array.from({ length: roleCount }, (_role, role): BenchRole => ({
    roleId: `role-${role}`, urls: Array.from({ length: rightsPerRole }, (_right, right) => urls[(role * rightsPerRole + right) % urlCount] ?? ''),
  }));
  const step = roleCount / heldRoles;
  const held = Array.from({ length: heldRoles }, (_role, index) => roles[Math.floor((index + 0.5) * step)]).filter((role) => role !== undefined);
  const allowed = held.flatMap((role) => role.urls);
  const requests = Array.from({ length: requestCount }, (_each, index): BenchRequest => {
    const from = index % 2 === 0 ? allowed : urls;
    const url = from[Math.floor(random() * from.length)] ?? '';
    return { url, path: url.replace(/:\w+/g, () => Math.floor(random() * 0xffffffff).toString(16)) };
  });
  return { urls, roles, heldRoles: held, requests: requests.map((request) => ({ request, at: random() })).sort((a, b) => a.at - b.at).map(({ request }) => request) };
}

/** Some services with areas in them; a third of the URLs with a parameter at the end, a third with one inside. */
function urlOf(index: number): string {
  const base = `/service-${index % 40}/area-${Math.floor(index / 40) % 50}/item-${index}`;
  return [base, `${base}/:id`, `${base}/:id/entries`][index % 3] ?? base;
}

/** For 1,000 questions at once: what somebody may do with things that they own, and that are not locked. */
export const bulkPolicies: readonly Policy[] = Array.from({ length: 100 }, (_each, index): Policy => ({
  effect: index % 5 === 4 ? 'deny' : 'allow',
  actions: index % 2 === 0 ? ['read'] : ['read', 'update'],
  resources: [`things-${index % 20}/*`, `others-${index}`],
  conditions: index % 5 === 4
    ? [{ type: 'attribute', left: 'resource.status', operator: 'eq', right: { value: 'locked' } }]
    : [{ type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' }],
}));

/** The minimal standard of Park and Miller: figures are comparable only if each run draws the same. */
function createRandom(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
