import { domainKeyOf } from '../../http/input/domain-name.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { effectiveMapping, mapPerson } from './attribute-mapping.ts';
import type { AssertedPerson, BecomingProvider } from './identity.types.ts';
import { assertedOf, requireMatched } from './provisioning.ts';
import type { ReadPerson } from './provisioning.ts';

/** Reads the claims of a person. Throws `identity-not-allowed` if the role mapping refuses the person. */
export type ReadClaims = (tx: ChangeTransaction, provider: BecomingProvider, person: AssertedPerson) => Promise<ReadPerson>;

/** Creates the function that reads the claims of a person by the attribute mapping, and says which address is proven. */
export function createReadPerson({ verifiedDomainsOf }: {
  /** The domains that the tenant has proved, lower case. */
  readonly verifiedDomainsOf: (tenantId: string) => Promise<readonly string[]>;
}): ReadClaims {
  async function provenEmailOf(provider: BecomingProvider, { email, emailVerified }: ReadPerson['mapped']): Promise<string | undefined> {
    if (email.kind !== 'plain') return undefined;
    const domain = domainOf(email.email);
    if (provider.domains.length > 0 && !provider.domains.includes(domain)) return undefined;
    if (emailVerified) return email.email;
    if (provider.provisioning.trustsEmail !== true) return undefined;
    return isProvenDomain(provider, domain, await verifiedDomainsOf(provider.tenantId)) ? email.email : undefined;
  }

  return async (tx, provider, person) => {
    if (provider.tenantId !== tx.actor.tenantId) throw new Error('The provider and the transaction belong to different tenants.');
    const mapped = mapPerson(effectiveMapping(provider), person.claims);
    const asserted = assertedOf(mapped, person.hasMoreGroups || mapped.hasTooManyGroups);
    const found = { provider, person, mapped, asserted, provenEmail: await provenEmailOf(provider, mapped) };
    requireMatched(found);
    return found;
  };
}

/** Whether a domain is one of the provider's, and one of those that the tenant has proved. */
export function isProvenDomain({ domains }: BecomingProvider, domain: string, verified: readonly string[]): boolean {
  return domains.includes(domain) && verified.includes(domain);
}

/** The domain of an address, in the form in which domains are compared. */
export function domainOf(email: string): string {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return domainKeyOf(domain) ?? domain.toLowerCase();
}
