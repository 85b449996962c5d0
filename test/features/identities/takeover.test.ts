import { AppError } from '../../../src/errors/errors.ts';
import type { IdentityProvider } from '../../../src/features/sso/provider.types.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';
import type { TestPerson } from '../../support/identities.ts';

// Nobody takes over an account by its address. Each way is tried against each victim, and by the rightful owner, who is linked.

const gatehouse = await startGatehouse();
const identities = startIdentities(gatehouse, { verifiedDomains: ['proved.example'] });

interface Victim { readonly userId: string; readonly email: string }
interface Way {
  readonly name: string;
  readonly provider?: Partial<IdentityProvider>;
  readonly claims: (victim: Victim) => Record<string, unknown>;
}

const fullWidth = (email: string) => email.replace(/^./, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
const ways: readonly Way[] = [
  { name: 'the address, asserted as proven', claims: ({ email }) => ({ email, email_verified: true }) },
  { name: 'the address in capital letters', claims: ({ email }) => ({ email: email.toUpperCase(), email_verified: true }) },
  { name: 'the address in full width letters', claims: ({ email }) => ({ email: fullWidth(email), email_verified: true }) },
  { name: 'a list with the address', claims: ({ email }) => ({ email: ['own@evil.example', email], email_verified: true }) },
  { name: 'a text with two addresses', claims: ({ email }) => ({ email: `own@evil.example,${email}`, email_verified: true }) },
  { name: 'an address with several @', claims: ({ email }) => ({ email: `${email}@evil.example`, email_verified: true }) },
  {
    name: 'a provider whose word is trusted, of a domain that nobody proved', claims: ({ email }) => ({ email }),
    provider: { provisioning: { create: true, trustsEmail: true, linkByEmail: 'verified-domain' }, domains: ['example.com'] },
  },
  {
    name: 'linking by address, of a domain that is not the provider\'s', claims: ({ email }) => ({ email, email_verified: true }),
    provider: { provisioning: { create: true, linkByEmail: 'verified-domain' } },
  },
  {
    name: 'linking by address, without the boolean true', claims: ({ email }) => ({ email, email_verified: 'true' }),
    provider: { provisioning: { create: true, linkByEmail: 'verified-domain' }, domains: ['example.com', 'proved.example'] },
  },
  {
    name: 'userId and address as subject and username',
    claims: ({ userId, email }) => ({ sub: userId, preferred_username: email, upn: email }),
  },
];

describe('taking over an account by its address', () => {
  const victims: Record<string, Victim> = {};
  beforeAll(async () => {
    for (const [name, roles] of [['a user', []], ['an admin', ['admin']], ['a linked user', []]] as const) {
      const victim = await gatehouse.newUser(...roles);
      await gatehouse.stores.users.updateOne({ tenantId: 'default', _id: victim.userId }, { $set: { emailVerified: true } });
      victims[name] = victim;
    }
    await identities.link(await identities.newProvider(), {}, victims['a linked user']?.userId ?? '');
  });

  it.each(ways)('by $name, fails against each victim, and works for the owner', async ({ provider: content, claims }) => {
    const provider = await identities.newProvider(content);
    for (const victim of Object.values(victims)) {
      const attacker: TestPerson = { claims: claims(victim), ...(claims(victim)['sub'] === victim.userId && { subject: victim.userId }) };
      const outcome = await identities.become(provider, attacker).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(AppError);
      expect(['link-required', 'identity-not-allowed']).toContain((outcome as AppError).code);
      expect(await identities.stores.identities.listOf('default', victim.userId)).toHaveLength(victim === victims['a linked user'] ? 1 : 0);

      const owner = { ...attacker, subject: `owner ${victim.userId}` };
      const { identityId } = await identities.link(provider, owner, victim.userId);
      expect(await identities.become(provider, owner)).toMatchObject({ identityId, by: 'identity', user: { _id: victim.userId } });
      await identities.inTenant('default', (tx) => identities.stores.identities.remove(tx, identityId));
    }
  });
});
