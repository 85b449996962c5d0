import { AppError } from '../../errors/errors.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import type { Actor, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { LinkedFields, LinkedUserStore } from '../users/provided/linked-users.store.ts';
import type { User } from '../users/user.model.ts';
import type { UserStore } from '../users/user.store.ts';
import { assertsAttributes, effectiveMapping } from './attribute-mapping.ts';
import type { MappedPerson } from './attribute-mapping.ts';
import type { EmailNote, Identity } from './identity.model.ts';
import type { IdentityStore } from './identity.store.ts';
import type { AssertedPerson, BecomingProvider } from './identity.types.ts';
import { createProvide } from './provided/provided-roles.ts';
import type { DefaultRoleOf } from './provided/provided-roles.ts';
import type { Asserted } from './role-mapping.ts';

/** A person whose claims were read, and the provider that named them. */
export interface ReadPerson {
  readonly provider: BecomingProvider;
  readonly person: AssertedPerson;
  readonly mapped: MappedPerson;
  readonly asserted: Asserted;
  /** The plain address that the provider has proved, and that is of its domains; undefined if there is none. */
  readonly provenEmail: string | undefined;
}

export interface ProvisioningDeps {
  readonly identities: Pick<IdentityStore, 'create' | 'update'>;
  readonly users: Pick<UserStore, 'create'>;
  readonly linkedUsers: Pick<LinkedUserStore, 'write'>;
  /** The userId of the user who has an address. */
  readonly holderOf: (tx: ChangeTransaction, email: string) => Promise<string | null>;
  /** The roles of new users. */
  readonly defaultRoles: (tx: ChangeTransaction) => Promise<string[]>;
  readonly defaultRoleOf: DefaultRoleOf;
  /** The fields of a user that audit records contain. */
  readonly auditView: (user: User) => Record<string, unknown>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the functions that make users of persons, and keep them as the provider asserts them. */
export function createProvisioning(deps: ProvisioningDeps) {
  const { identities, users, linkedUsers, holderOf, defaultRoles, defaultRoleOf, auditView, clock } = deps;

  /** The roleIds that a provider gives for these facts, sorted. */
  async function rolesOf(tx: ChangeTransaction, provider: BecomingProvider, asserted: Asserted): Promise<string[]> {
    const usual = await defaultRoleOf(tx.actor.tenantId, tx.session);
    return createProvide(provider)(asserted, usual).map(({ roleId }) => roleId).sort();
  }

  /** The address of a linked user after this login: it changes only if the new one is proven and free. */
  async function addressOf(
    tx: ChangeTransaction, user: User, { mapped: { email }, provenEmail }: ReadPerson,
  ): Promise<{ readonly fields: LinkedFields; readonly note?: EmailNote }> {
    if (email.kind === 'none') return { fields: {} };
    if (email.kind === 'refused') return { fields: {}, note: 'not-plain' };
    const emailKey = emailKeyOf(email.email);
    if (emailKey === user.emailKey) return { fields: {} };
    if (provenEmail === undefined) return { fields: {}, note: 'not-proven' };
    if (await holderOf(tx, provenEmail) !== null) return { fields: {}, note: 'taken' };
    return { fields: { email: provenEmail, emailKey, emailVerified: true } };
  }

  const identityOf = ({ provider, person: { realm, subject }, asserted }: ReadPerson, { tenantId }: Actor, userId: string): Identity => {
    const now = new Date(clock());
    return {
      _id: newId(), tenantId, userId, providerId: provider._id, realm, subject, ...copyOf(asserted), claimsAt: now, lastLoginAt: now,
    };
  };

  return {
    /** Creates the user of a person, without a password. The person must have a proven address that is free. */
    async make(tx: ChangeTransaction, read: ReadPerson, email: string): Promise<{ readonly user: User; readonly identity: Identity }> {
      const { provider, mapped: { username, firstName, lastName } } = read;
      const user: User = {
        _id: newId(), tenantId: tx.actor.tenantId, email, emailKey: emailKeyOf(email), emailVerified: true, verifiedRoleGiven: true,
        ...(username !== undefined && { username }), ...(firstName !== undefined && { firstName }),
        ...(lastName !== undefined && { lastName }),
        ...present(attributesOf(read)), roles: await defaultRoles(tx), isActive: true, hasIdentities: true, accessVersion: 1, version: 1,
        createdAt: new Date(clock()),
      };
      const identity = identityOf(read, tx.actor, user._id);
      await users.create(tx, user);
      await identities.create(tx, identity);
      tx.record({
        action: 'user.provision', target: { kind: 'user', id: user._id }, creates: 'users',
        after: { ...auditView(user), provider: provider._id, providedRoles: await rolesOf(tx, provider, read.asserted) },
      });
      return { user, identity };
    },

    /** Links a person to a user. The groups of the person count at once; names and address are those of the next login. */
    async link(tx: ChangeTransaction, read: ReadPerson, user: User): Promise<Identity> {
      const identity = identityOf(read, tx.actor, user._id);
      await identities.create(tx, identity);
      await linkedUsers.write(tx, user, { hasIdentities: true });
      tx.mail({ kind: 'identity-linked', userId: user._id });
      tx.record({
        action: 'identity.link', target: { kind: 'identity', id: identity._id }, users: [user._id],
        after: { userId: user._id, provider: read.provider._id, providedRoles: await rolesOf(tx, read.provider, read.asserted) },
      });
      return identity;
    },

    /**
     * Writes what the provider asserts of a linked user, and replaces the asserted groups. Where it changes roles, names, address or
     * attributes, it records one `user.provision`.
     */
    async update(tx: ChangeTransaction, read: ReadPerson, user: User, identity: Identity): Promise<User> {
      const { provider, mapped, asserted } = read;
      const { fields: address, note } = await addressOf(tx, user, read);
      const fields = differing(user, { ...namesIn(mapped), ...attributesFor(read, user), ...address });
      const before = await rolesOf(tx, provider, identity);
      const after = await rolesOf(tx, provider, asserted);
      const isSame = sameText(copyOf(identity), copyOf(asserted));
      await identities.update(tx, identity, {
        lastLoginAt: new Date(clock()), ...(!isSame && { ...copyOf(asserted), claimsAt: new Date(clock()) }),
        ...(note !== undefined && { emailNote: note }),
      });
      if (Object.keys(fields).length === 0 && sameText(before, after)) return user;
      await linkedUsers.write(tx, user, fields);
      const changed: User = {
        ...without(user, fields), ...present(fields), version: user.version + 1, accessVersion: user.accessVersion + 1,
      };
      if ('email' in fields && user.email !== undefined) tx.mail({ kind: 'email-changed', userId: user._id, email: user.email });
      tx.record({
        action: 'user.provision', target: { kind: 'user', id: user._id }, users: [user._id],
        before: { ...auditView(user), providedRoles: before },
        after: { ...auditView(changed), providedRoles: after, provider: provider._id },
      });
      return changed;
    },
  };
}

/** Throws `identity-not-allowed` if the role mapping refuses a person. */
export function requireMatched({ provider: { provisioning: { unmatched } }, provider, person, mapped, asserted }: ReadPerson): void {
  // With only a part of the groups, a role with a deny could be missing.
  if ((person.hasMoreGroups || mapped.hasTooManyGroups) && unmatched !== 'default') throw new AppError('identity-not-allowed');
  if (unmatched === 'refuse' && createProvide(provider)(asserted, undefined).length === 0) throw new AppError('identity-not-allowed');
}

/** The facts of a person that role mappings use. If not all groups are known, none counts. */
export function assertedOf({ groups, roles, department, attributes }: MappedPerson, hasMoreGroups: boolean): Asserted {
  const values = [
    { from: 'roles', values: hasMoreGroups ? [] : [...roles] },
    { from: 'department', values: department === undefined ? [] : [department] },
    ...Object.entries(attributes).map(([name, value]) => ({ from: `attributes.${name}`, values: [value].flat().map(String) })),
  ];
  return { groups: hasMoreGroups ? [] : groups, values: values.filter((each) => each.values.length > 0) };
}

function copyOf({ groups, values }: Asserted): Pick<Identity, 'groups' | 'values'> {
  return { groups: [...groups], values: values.map(({ from, values: all }) => ({ from, values: [...all] })) };
}

function namesIn({ username, firstName, lastName }: MappedPerson): LinkedFields {
  return present({ username, firstName, lastName });
}

/** Department and attributes as this login asserts them; nothing if the mapping has no such target. */
function attributesOf({ provider, mapped: { department, attributes } }: ReadPerson): LinkedFields {
  if (!assertsAttributes(effectiveMapping(provider))) return {};
  return { department, attributes: Object.keys(attributes).length > 0 ? attributes : undefined, assertedBy: provider._id };
}

/** The same, and the removal of what this provider asserted with an earlier mapping. */
function attributesFor(read: ReadPerson, user: User): LinkedFields {
  const own = attributesOf(read);
  const isOutdated = Object.keys(own).length === 0 && user.assertedBy === read.provider._id;
  return isOutdated ? { department: undefined, attributes: undefined, assertedBy: undefined } : own;
}

/** Those of the fields that the user has otherwise. */
function differing(user: User, fields: LinkedFields): LinkedFields {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => !sameText(user[name as keyof User], value)));
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const found: object = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return found;
}

function without(user: User, fields: LinkedFields): User {
  const kept: object = Object.fromEntries(Object.entries(user).filter(([name]) => !(name in fields)));
  return kept as User; // the fields of a provider are optional ones
}

function sameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
