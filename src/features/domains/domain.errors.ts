import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of domains. */
export const domainErrors = {
  'domain-not-found': { status: 404, detail: 'Your tenant has not added this domain: add it first with POST /domains/add.' },
  'domain-taken': { status: 409, detail: 'Another tenant has this domain: it must give the domain up first.' },
  'domain-not-verified': { status: 409, detail: 'This domain is not verified for your tenant: publish its TXT record, wait until the DNS '
    + 'servers have it, and verify the domain with POST /domains/verify.' },
  'domain-proof-required': { status: 403, detail: 'Only a superadmin of the platform can vouch for a domain: leave "withoutProof" out, '
    + 'and publish the TXT record.' },
  'domain-public': { status: 422, detail: 'Everybody can get an address of this domain, so it proves nothing: use a domain of your own.' },
} as const satisfies Record<string, ErrorEntry>;
