import { randomBytes } from 'node:crypto';
import type { BodyAt } from '../../support/client/routes.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

export type NewProviderBody = BodyAt<'POST', '/identity-providers/create'>;

export const oidc = {
  issuer: 'https://login.acme.example', clientId: 'gatehouse', clientAuthentication: 'basic',
} as const;
export const clientSecret = 'a secret that nobody may read back';

/** A good body for a new provider, with a name of its own. */
export function providerBody(content: Partial<NewProviderBody> = {}): NewProviderBody {
  return {
    providerName: `provider ${randomBytes(6).toString('hex')}`, protocol: 'OIDC', configuration: oidc,
    secrets: { clientSecret }, ...content,
  };
}

/** Stores that the newest revision of a provider has passed a test, without its login. */
export async function markTested({ stores }: TestGatehouse, { providerId, revision }: { providerId: string; revision: number }) {
  const tenantId = providerId.split('.')[0] ?? '';
  await stores.identityProviders.updateOne({ tenantId, _id: providerId }, { $set: { testedRevision: revision } });
}
