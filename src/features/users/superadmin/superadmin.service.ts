import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { AppError, startError } from '../../../errors/errors.ts';
import { newId } from '../../../platform/database/queries/new-id.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import { emailKeyOf } from '../../../http/input/email-address.ts';
import type { OneTimeTokens } from '../../links/one-time-token.types.ts';
import type { DisplaceUser } from '../email/displace-user.ts';
import type { EmailAddressStore } from '../email/email-address.store.ts';
import type { User } from '../user.model.ts';
import type { UserStore } from '../user.store.ts';
import type { HashNew } from '../user.types.ts';
import { superadminGuard } from './keep-superadmin.ts';
import type { SuperadminStore } from './superadmin.store.ts';

/** Whether the first superadmin has a password, just got one from the settings, or needs the set-up link. */
export type SuperadminState = 'has-password' | 'set-from-settings' | 'needs-set-up';

export interface SuperadminService {
  /** Creates the superadmin unless there is one. Stores the credentials of the settings once, while no superadmin has a password. */
  ensure(tx: ChangeTransaction, credentials: SuperadminCredentials | null): Promise<{ created: boolean; state: SuperadminState }>;
  /** Whether a superadmin can log in. */
  hasPassword(tenantId: string): Promise<boolean>;
  /** Replaces the set-up token by a new one, which works once within 30 minutes. Null if a superadmin has a password. */
  renewSetUpToken(actor: Actor): Promise<string | null>;
  /** Sets address and password with the token. Throws `set-up-link-invalid`, `weak-password`, `password-queue-full`, `email-taken`. */
  setUp(actor: Actor, input: { readonly token: string; readonly email: string; readonly password: string }): Promise<void>;
}

export interface SuperadminCredentials {
  readonly email: string;
  readonly password: NonNullable<User['password']>;
}

export interface SuperadminDeps {
  readonly users: Pick<UserStore, 'create'>;
  readonly superadmins: SuperadminStore;
  readonly addresses: Pick<EmailAddressStore, 'holderOf' | 'isHeldByAnother'>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly superadminRole: string;
  readonly lockDocument: (name: string, session: ClientSession) => Promise<void>;
  readonly hashNew: HashNew;
  readonly tokens: Pick<OneTimeTokens, 'replace' | 'take' | 'find'>;
  /** Frees an address that only an unconfirmed account has. */
  readonly displace: DisplaceUser;
}

const kind = 'set-up-superadmin';

/** How long a set-up link works, in ms. */
const setUpLifetime = 30 * 60 * 1_000;

/** Creates the service that gives each tenant its first superadmin. */
export function createSuperadminService(deps: SuperadminDeps): SuperadminService {
  const { users, superadmins, addresses, changes, clock, superadminRole, lockDocument, hashNew, tokens, displace } = deps;

  const hasPassword = (tenantId: string, session?: ClientSession) => superadmins.hasPassword(tenantId, superadminRole, session);

  return {
    async ensure(tx, credentials) {
      const { session, actor: { tenantId } } = tx;
      if (await hasPassword(tenantId, session)) return { created: false, state: 'has-password' };
      // Nodes that boot at the same time wait here, so that only one of them creates the user.
      await lockDocument(superadminGuard(tenantId), session);
      const waiting = await superadmins.findWithoutPassword(tx, superadminRole);
      if (credentials) await displace(tx, credentials.email);
      const holder = credentials && await addresses.holderOf(tx, credentials.email);
      if (holder !== null && holder !== waiting?._id) throw startError(
        `SUPERADMIN_EMAIL belongs to a user of the tenant "${tenantId}" who is not a superadmin: `
        + 'name another address, or make that user superadmin.',
      );
      const userId = waiting?._id ?? newId();
      if (waiting && credentials) await superadmins.setCredentials(tx, userId, credentials);
      if (!waiting) {
        const set = credentials ? { ...credentials, emailKey: emailKeyOf(credentials.email) } : {};
        await users.create(tx, {
          _id: userId, tenantId, ...set, roles: [superadminRole], isActive: true, accessVersion: 1, version: 1,
          createdAt: new Date(clock()),
        });
      }
      if (!waiting || credentials) tx.record({ action: waiting ? 'user.set-up-superadmin' : 'user.create', target: {
        kind: 'user', id: userId,
      }, after: { email: credentials?.email, roles: [superadminRole] } });
      return { created: !waiting, state: credentials ? 'set-from-settings' : 'needs-set-up' };
    },

    hasPassword: (tenantId) => hasPassword(tenantId),

    renewSetUpToken: (actor) => changes.transact(actor, async (tx) => {
      if (await hasPassword(actor.tenantId, tx.session)) return null;
      const user = await superadmins.findWithoutPassword(tx, superadminRole);
      return user && tokens.replace(tx, { kind, userId: user._id, expiresAt: new Date(clock() + setUpLifetime) });
    }),

    async setUp(actor, { token, email, password }) {
      if (!(await tokens.find(actor.tenantId, [kind], token, new Date(clock())))) throw new AppError('set-up-link-invalid');
      const stored = await hashNew(password, { email }, actor);
      await changes.transact(actor, async (tx) => {
        const { session, actor: { tenantId } } = tx;
        const taken = await tokens.take(tx, [kind], token, new Date(clock()));
        if (!taken || (await hasPassword(tenantId, session))) throw new AppError('set-up-link-invalid');
        const { userId } = taken;
        await displace(tx, email);
        if (await addresses.isHeldByAnother(tx, email, userId)) throw new AppError('email-taken');
        await superadmins.setCredentials(tx, userId, { email, password: stored });
        tx.record({ action: 'user.set-up-superadmin', target: { kind: 'user', id: userId }, after: { email } });
      });
    },
  };
}
