import type { ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import { isDuplicate } from '../../platform/database/queries/duplicate.ts';
import type { User } from '../users/user.model.ts';
import type { UserStore } from '../users/user.store.ts';
import type { Identity } from './identity.model.ts';
import type { IdentityStore } from './identity.store.ts';
import type { AssertedPerson, Became, Becoming, BecomingProvider } from './identity.types.ts';
import { createProvide } from './provided/provided-roles.ts';
import type { DefaultRoleOf } from './provided/provided-roles.ts';
import type { createProvisioning, ReadPerson } from './provisioning.ts';
import { createReadPerson, domainOf, isProvenDomain } from './read-person.ts';

export interface LinkingDeps {
  readonly identities: IdentityStore;
  readonly users: Pick<UserStore, 'read'>;
  readonly changes: Pick<ChangeService, 'transact' | 'rehearse'>;
  readonly provisioning: ReturnType<typeof createProvisioning>;
  /** The user who has an address. */
  readonly findByEmail: (tx: ChangeTransaction, email: string) => Promise<User | null>;
  /** Frees an address for its proven owner, if only an unclaimed account has it. */
  readonly displace: (tx: ChangeTransaction, email: string) => Promise<void>;
  /** The domains that the tenant has proved, lower case. */
  readonly verifiedDomainsOf: (tenantId: string) => Promise<readonly string[]>;
  /** Whether a user holds nothing beyond the grants of these roles and the grants of everybody, and is no administrator. */
  readonly holdsNothingBeyond: (tx: ChangeTransaction, user: User, roleIds: readonly string[]) => Promise<boolean>;
  readonly defaultRoleOf: DefaultRoleOf;
  readonly lockDocument: (name: string, session: ChangeTransaction['session']) => Promise<void>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/**
 * Creates the functions that decide which person becomes which user. An identity decides, never an address alone.
 *
 * 1. An identity that is known has its user.
 * 2. An unknown person with a proven address that nobody has becomes a new user, if the provider may make users.
 * 3. If somebody has the address, the person must link the account after a login to it.
 * 4. `linkByEmail` links an account by its address alone, but never one that holds more than the provider could give.
 * 5. An account that was made beforehand, and never confirmed, does not hold an address against its proven owner.
 */
export function createLinking(deps: LinkingDeps): Becoming {
  const { identities, users, changes, provisioning, findByEmail, displace, verifiedDomainsOf, defaultRoleOf, clock } = deps;

  const read = createReadPerson({ verifiedDomainsOf });
  const mayLinkByEmail = createMayLinkByEmail(deps);

  /** Rules 2 to 5, for a person without an identity. */
  async function becomeNew(tx: ChangeTransaction, found: ReadPerson): Promise<Became> {
    const { provider: { provisioning: { create } }, mapped: { email }, provenEmail } = found;
    if (email.kind !== 'plain') throw new AppError('identity-not-allowed');
    const mayMake = create === true && provenEmail !== undefined;
    if (mayMake) await displace(tx, provenEmail);
    const holder = await findByEmail(tx, email.email);
    if (holder && await mayLinkByEmail(tx, found, holder)) {
      const identity = await provisioning.link(tx, found, holder);
      const user = await provisioning.update(tx, found, await requireUser(tx, holder._id), identity);
      return { user, identityId: identity._id, by: 'linked' };
    }
    if (holder) throw new AppError('link-required');
    if (!mayMake) throw new AppError('identity-not-allowed');
    const { user, identity } = await provisioning.make(tx, found, provenEmail);
    return { user, identityId: identity._id, by: 'made' };
  }

  async function requireUser({ actor: { tenantId }, session }: ChangeTransaction, userId: string): Promise<User> {
    const user = await users.read(tenantId, userId, session);
    if (!user) throw new AppError('identity-not-allowed');
    if (!user.isActive) throw new AppError('user-disabled');
    return user;
  }

  /** Rule 1. */
  async function becomeKnown(tx: ChangeTransaction, found: ReadPerson, identity: Identity): Promise<Became> {
    if (identity.disabledHere) throw new AppError('identity-not-allowed');
    const user = await provisioning.update(tx, found, await requireUser(tx, identity.userId), identity);
    return { user, identityId: identity._id, by: 'identity' };
  }

  /** Two first logins of a person at once write to this document first: one of them starts over, and finds the identity. */
  const lockPerson = (tx: ChangeTransaction, { _id }: BecomingProvider, { realm, subject }: AssertedPerson) => (
    deps.lockDocument(`identities:${_id}:${slotOf(realm + subject)}`, tx.session));

  const become: Becoming['become'] = async (tx, provider, person) => {
    const key = { providerId: provider._id, realm: person.realm, subject: person.subject };
    const found = await read(tx, provider, person);
    const known = await identities.find(tx, key);
    if (known) return becomeKnown(tx, found, known);
    await lockPerson(tx, provider, person);
    return refusingDuplicates('link-required', () => becomeNew(tx, found));
  };

  return {
    become,

    wouldBecome: async (actor, provider, person) => (await changes.rehearse(async () => {
      try {
        return await changes.transact(actor, async (tx) => {
          const { user, by } = await become(tx, provider, person);
          const { asserted } = await read(tx, provider, person);
          const provided = createProvide(provider)(asserted, await defaultRoleOf(actor.tenantId, tx.session));
          return {
            would: ({ identity: 'identity', made: 'make a user', linked: 'link' } as const)[by],
            ...(by !== 'made' && { userId: user._id }), ...(user.email !== undefined && { email: user.email }),
            roles: provided.map(({ roleId, group }) => ({ roleId, because: group === undefined ? 'no group matches' : `group ${group}` })),
          };
        });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { would: error.code === 'link-required' ? 'link required' as const : 'refused' as const, roles: [], code: error.code };
      }
    })).result,

    async link(tx, provider, person, userId) {
      const found = await read(tx, provider, person);
      await lockPerson(tx, provider, person);
      const known = await identities.find(tx, { providerId: provider._id, realm: person.realm, subject: person.subject });
      if (known && known.userId !== userId) throw new AppError('identity-taken');
      const user = await requireUser(tx, userId);
      const identity = known ?? await refusingDuplicates('identity-taken', () => provisioning.link(tx, found, user));
      return { identityId: identity._id };
    },

    async identityOf(tx, provider, { realm, subject }, userId) {
      const known = await identities.find(tx, { providerId: provider._id, realm, subject });
      return known?.userId === userId && known.disabledHere !== true ? known._id : null;
    },

    // It writes: an unlinking at the same moment then conflicts with the session that is being opened.
    isLinked: (tx, identityId, userId) => identities.touch(tx, identityId, userId, new Date(clock())),
  };
}

/** Somebody else may have taken the address or the identity at the same moment, in a way that does not conflict. */
async function refusingDuplicates<T>(code: 'link-required' | 'identity-taken', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDuplicate(error)) throw new AppError(code, {}, error);
    throw error;
  }
}

/** Creates the check of rule 4. */
function createMayLinkByEmail({ identities, verifiedDomainsOf, holdsNothingBeyond, defaultRoleOf }: LinkingDeps) {
  /** The roles that the mapping of a provider could give. */
  async function rolesOf(tx: ChangeTransaction, { roleMapping, provisioning: { defaultRole } }: BecomingProvider): Promise<string[]> {
    const usual = defaultRole ?? await defaultRoleOf(tx.actor.tenantId, tx.session);
    return [...roleMapping.map(({ role }) => role), ...(usual === undefined ? [] : [usual])];
  }

  return async (tx: ChangeTransaction, { provider, provenEmail }: ReadPerson, user: User): Promise<boolean> => {
    if (provider.provisioning.linkByEmail !== 'verified-domain' || provenEmail === undefined) return false;
    if (user.emailVerified !== true || user.emailKey !== emailKeyOf(provenEmail) || !user.isActive) return false;
    if (!isProvenDomain(provider, domainOf(provenEmail), await verifiedDomainsOf(provider.tenantId))) return false;
    const own = await identities.listOf(tx.actor.tenantId, user._id, tx.session);
    if (own.some(({ providerId }) => providerId === provider._id)) return false;
    return holdsNothingBeyond(tx, user, await rolesOf(tx, provider));
  };
}

/** How many documents the first logins of one provider lock. */
const slots = 64;

function slotOf(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % slots;
}
