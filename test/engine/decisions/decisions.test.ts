import { readdirSync, readFileSync } from 'node:fs';
import { collectGrants } from '../../../src/engine/grants/collect-grants.ts';
import type { GivingRole } from '../../../src/engine/grants/collect-grants.ts';
import type { Attributes, DecisionContext } from '../../../src/engine/policies/decision-context.types.ts';
import { decide, decideUrl } from '../../../src/engine/decide.ts';
import type { UrlRequest } from '../../../src/engine/decide.ts';
import { explain } from '../../../src/engine/explain.ts';
import { grantSetOf } from '../../../src/engine/grants/grant.ts';
import type { Grant } from '../../../src/engine/grants/grant.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { PermissionRequest } from '../../../src/engine/policies/permission-request.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { resolveRights } from '../../../src/engine/grants/right.ts';
import type { RightInput } from '../../../src/engine/grants/right.ts';
import { registryOf } from '../registries.ts';

// Cases as data: who holds what, what they ask for, and what they are answered.

interface DecisionFile {
  readonly about: string;
  readonly roles: Readonly<Record<string, { rights?: RightInput[]; permissions?: string[]; policies?: Policy[]; inherits?: string[] }>>;
  readonly groups?: Readonly<Record<string, { roles?: string[]; policies?: Policy[] }>>;
  readonly cases: readonly DecisionCase[];
}

interface DecisionCase {
  readonly name: string;
  /** `action:resource` or `METHOD /url` */
  readonly can: string;
  /** The reason of the decision. */
  readonly expect: string;
  readonly roles: readonly string[];
  readonly groups?: readonly string[];
  /** Role by resource. */
  readonly memberships?: Readonly<Record<string, string>>;
  readonly at?: string;
  readonly ip?: string;
  readonly tenant?: string;
  readonly subject?: Attributes;
  readonly resource?: Attributes;
}

const registry = registryOf({
  simple: { '/': ['news'] },
  auth: { '/': ['items', 'files/*path', { name: 'projects/:projectId', permission: 'read:projects/:projectId' }] },
  config: { '/roles/': ['load'] },
});

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));
const all = files.flatMap((name) => {
  const file = JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as DecisionFile; // written for this test
  return file.cases.map((each) => ({ title: `${name.replace('.json', '')}: ${each.name}`, file, each }));
});

function givenTo({ roles, groups = {} }: DecisionFile, each: DecisionCase): Grant[] {
  const roleOf = (roleId: string): GivingRole | undefined => {
    if (roleId === 'superadmin') return { roleId, rights: [], permissions: [], policies: [], inherits: [], isSuperadmin: true };
    const role = roles[roleId];
    return role && { roleId, rights: resolveRights(
      registry, role.rights ?? [], '',
    ).rights, permissions: role.permissions ?? [], policies: role.policies ?? [], inherits: role.inherits ?? [] };
  };
  return collectGrants({
    roles: each.roles,
    groups: (each.groups ?? []).flatMap(
      (groupId) => (groups[groupId] ? [{ groupId, roles: groups[groupId].roles ?? [], policies: groups[groupId].policies ?? [] }] : []),
    ),
    memberships: Object.entries(each.memberships ?? {}).map(([resource, roleId]) => ({ membershipId: resource, resource, roleId })),
  }, roleOf);
}

function contextOf({ at = '2026-01-15T10:00:00Z', ip, tenant, subject, resource }: DecisionCase): DecisionContext {
  return {
    now: Date.parse(at), ...(ip !== undefined && { ip }), ...(tenant !== undefined && { tenantId: tenant }), ...(subject && { subject }),
    ...(resource && { resource }),
  };
}

function requestOf(can: string): PermissionRequest | UrlRequest {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(can) ?? [];
  if (method !== undefined && path !== undefined) {
    const lookup = registry.lookUp(method, path);
    if (lookup.kind !== 'found') throw new Error(`${can} is not registered`);
    return { endpoint: lookup.endpoint, path };
  }
  const end = can.indexOf(':');
  return { action: can.slice(0, end), resource: can.slice(end + 1) };
}

function answer(granted: readonly Grant[], can: string, context: DecisionContext) {
  const grants = compileGrants(registry, grantSetOf(granted));
  const request = requestOf(can);
  return 'endpoint' in request ? decideUrl(grants, request, context) : decide(grants, request, context);
}

describe('decisions', () => {
  it('files, hold at least 150 cases', () => {
    expect(all.length).toBeGreaterThanOrEqual(150);
  });

  it.each(all)('$title', ({ file, each }) => {
    const granted = givenTo(file, each);
    const context = contextOf(each);
    const decision = answer(granted, each.can, context);
    expect(decision.reason).toBe(each.expect);
    expect(decision.allowed).toBe(['right', 'policy', 'simple-url'].includes(each.expect));
    const { decision: explained, causes } = explain(registry, granted, requestOf(each.can), context);
    expect(explained).toEqual(decision);
    // The named causes alone give the same decision.
    if (causes.length > 0) expect(answer(causes, each.can, context).reason).toBe(each.expect);
    expect(causes.length > 0).toBe(['right', 'policy', 'policy-denies'].includes(each.expect));
  });
});
