import { boolean, optional } from '../../http/input/fields.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import { actorOf } from '../../platform/changes/actor.ts';
import { tenantDomain } from '../tenants/tenant.shape.ts';
import type { DomainService } from './domain.service.ts';
import { domainShape, domainView } from './domain.shape.ts';

const domainPage = pageOf(domainShape);

/** The URLs under /domains/, where a tenant proves that it owns a domain. */
export function createDomainRoutes({ domains }: { readonly domains: DomainService }) {
  return [
    defineRoute({
      method: 'POST', url: '/domains/add', id: 'addDomain', summary: 'Add a domain', status: 201,
      actsInTenant: true,
      description: 'Publish the TXT record of the answer, then verify the domain. With `withoutProof`, a superadmin of the platform '
        + 'vouches for the domain, and it is verified at once.',
      input: { body: { domain: tenantDomain, withoutProof: optional(boolean()) } },
      output: domainShape,
      errors: ['domain-public', 'domain-taken', 'domain-proof-required', 'tenant-full'],
      async handler(context) {
        const { domain, withoutProof = false } = context.input.body;
        return domainView(await domains.add(actorOf(context), context.caller, { domain, withoutProof }));
      },
    }),
    defineRoute({
      method: 'POST', url: '/domains/verify', id: 'verifyDomain', summary: 'Verify a domain by its TXT record',
      actsInTenant: true,
      description: 'Two DNS servers must have the record. It is looked up again each day: if it is gone for 7 days, the domain proves '
        + 'nothing any more, and the administrators get a mail.',
      input: { body: { domain: tenantDomain } },
      output: domainShape,
      errors: ['domain-not-found', 'domain-not-verified', 'domain-taken'],
      handler: async (context) => domainView(await domains.verify(actorOf(context), context.input.body.domain)),
    }),
    defineRoute({
      method: 'GET', url: '/domains/load', id: 'listDomains', summary: 'List domains',
      actsInTenant: true,
      input: { query: pageFields },
      output: domainPage,
      errors: [],
      async handler({ input: { query }, caller }) {
        const { items, nextCursor } = await domains.load(caller.tenantId, query);
        return { items: items.map(domainView), nextCursor };
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/domains/delete', id: 'deleteDomain', summary: 'Give a domain up',
      actsInTenant: true,
      input: { query: { domain: tenantDomain } },
      errors: ['domain-not-found'],
      async handler(context) {
        await domains.remove(actorOf(context), context.input.query.domain);
        return undefined;
      },
    }),
  ];
}
