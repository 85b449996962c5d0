import { decide } from '../../../src/engine/decide.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';

/** What a user may do with things that they own and that are not locked: 100 policies with conditions. */
const policies = Array.from({ length: 100 }, (_each, index): Policy => ({
  effect: index % 5 === 4 ? 'deny' : 'allow',
  actions: index % 2 === 0 ? ['read'] : ['read', 'update'],
  resources: [`things-${index % 20}/*`, `others-${index}`],
  conditions: index % 5 === 4
    ? [{ type: 'attribute', left: 'resource.status', operator: 'eq', right: { value: 'locked' } }]
    : [{ type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' }],
}));

/** Returns a function that decides 1,000 questions about 1,000 things. */
export function createBulk(): () => number {
  const grants = compileGrants(createUrlRegistry([]), { rights: [], policies, isSuperadmin: false });
  const questions = Array.from({ length: 1_000 }, (_each, index) => ({
    request: {
      action: index % 3 === 0 ? 'update' : 'read',
      resource: index % 4 === 0 ? `others-${index % 100}/${index}` : `things-${index % 20}/${index}`,
    },
    resource: { id: String(index), ownerId: index % 2 === 0 ? 'me' : 'another', status: index % 7 === 0 ? 'locked' : 'open' },
  }));
  const base = { now: Date.now(), tenantId: 'default', subject: { id: 'me' } };
  return () => questions.filter(({ request, resource }) => decide(grants, request, { ...base, resource }).allowed).length;
}
