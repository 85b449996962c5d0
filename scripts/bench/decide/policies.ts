/** A role and the URLs that it may call with GET. */
export interface BenchRole {
  readonly roleId: string;
  readonly urls: readonly string[];
}

/** The policy for every contestant, and the requests to decide. */
export interface BenchModel {
  /** Registered URLs, some with parameters. */
  readonly urls: readonly string[];
  readonly roles: readonly BenchRole[];
  /** The roles of the one user, evenly spread over the list. */
  readonly heldRoles: readonly BenchRole[];
  readonly requests: readonly BenchRequest[];
}

export interface BenchRequest {
  /** As a client sends it. */
  readonly path: string;
  /** Its registered URL. */
  readonly url: string;
}

/** Counts of each part of a model. */
export interface ModelSize {
  readonly urls: number;
  readonly roles: number;
  readonly rightsPerRole: number;
  readonly heldRoles: number;
}

/** The number of lines of casbin's policy: all rights of all roles. */
export function policyCount({ roles, rightsPerRole }: ModelSize): number {
  return roles * rightsPerRole;
}

const requestCount = 20_000;

/** Creates a model of this size, the same on each call. The user may send half of the requests or more; all are in random order. */
export function createModel({ urls: urlCount, roles: roleCount, rightsPerRole, heldRoles }: ModelSize): BenchModel {
  const random = createRandom(urlCount + roleCount);
  const urls = Array.from({ length: urlCount }, (_each, index) => urlOf(index));
  const rightOf = (role: number, right: number) => urls[(role * rightsPerRole + right) % urlCount] ?? '';
  const roles = Array.from({ length: roleCount }, (_role, role): BenchRole => (
    { roleId: `role-${role}`, urls: Array.from({ length: rightsPerRole }, (_right, right) => rightOf(role, right)) }));
  const step = roleCount / heldRoles;
  const held = Array.from({ length: heldRoles }, (_role, index) => roles[Math.floor((index + 0.5) * step)] ?? []).flat();
  const allowed = held.flatMap((role) => role.urls);
  const requests = Array.from({ length: requestCount }, (_each, index): BenchRequest => {
    const from = index % 2 === 0 ? allowed : urls;
    const url = from[Math.floor(random() * from.length)] ?? '';
    return { url, path: url.replace(/:\w+/g, () => Math.floor(random() * 0xffffffff).toString(16)) };
  });
  const shuffled = requests.map((request) => ({ request, at: random() })).sort((a, b) => a.at - b.at).map(({ request }) => request);
  return { urls, roles, heldRoles: held, requests: shuffled };
}

/** The URLs of 40 services with areas. A third of them ends with a parameter, a third has one inside. */
function urlOf(index: number): string {
  const base = `/service-${index % 40}/area-${Math.floor(index / 40) % 50}/item-${index}`;
  return [base, `${base}/:id`, `${base}/:id/entries`][index % 3] ?? base;
}

/** The minimal standard generator of Park and Miller: figures are comparable only if each run draws the same numbers. */
function createRandom(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
