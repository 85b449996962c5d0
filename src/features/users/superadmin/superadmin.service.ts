import type { ClientSession, Model } from 'mongoose';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { AppError, startError } from '../../../errors/errors.ts';
import { newId } from '../../../platform/database/new-id.ts';
import type { OneTimeTokens } from '../../links/one-time-token.service.ts';
import { emailKeyOf } from '../../../http/input/email-address.ts';
import type { DisplaceUser } from '../email/displace-user.ts';
import type { User } from '../user.model.ts';
import type { HashNew } from '../user.service.ts';
import { superadminGuard } from './keep-superadmin.ts';

/** How the first superadmin's password came to be, or could. */
export type SuperadminState = 'has-password' | 'set-from-settings' | 'needs-set-up';

export interface SuperadminService {
  /** Creates the superadmin user unless there is one; settings, if given, make its address and password, once. */
  ensure(tx: ChangeTransaction, credentials: SuperadminCredentials | null): Promise<{ created: boolean; state: SuperadminState }>;
  /** Whether a superadmin can log in. */
  hasPassword(tenantId: string): Promise<boolean>;
  /** A new one-time set-up token, 30 minutes, in place of the one before; null once a superadmin has a password. */
  renewSetUpToken(actor: Actor): Promise<string | null>;
  /** Sets address and password by the token. Throws `set-up-link-invalid`, `weak-password`, `password-queue-full`, `email-taken`. */
  setUp(actor: Actor, input: { readonly token: string; readonly email: string; readonly password: string }): Promise<void>;
}

export interface SuperadminCredentials {
  readonly email: string;
  readonly password: NonNullable<User['password']>;
}

export interface SuperadminDeps {
  readonly model: Model<User>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly superadminRole: string;
  readonly lockDocument: (name: string, session: ClientSession) => Promise<void>;
  readonly hashNew: HashNew;
  readonly tokens: Pick<OneTimeTokens, 'replace' | 'take' | 'find'>;
  /** An account that nobody has confirmed keeps no superadmin from an address. */
  readonly displace: DisplaceUser;
}

const kind = 'set-up-superadmin';

/** How long a set-up link works, in ms. */
const setUpLifetime = 30 * 60 * 1_000;

/** Makes what looks after the role that must never be without a holder. */
export function createSuperadminService(deps: SuperadminDeps): SuperadminService {
  const { model, changes, clock, superadminRole, lockDocument, hashNew, tokens, displace } = deps;

  const withPassword = (tenantId: string, session: ClientSession | null) =>
    model.exists({ tenantId, roles: superadminRole, 'password.hash': { $exists: true } }).session(session);
  const withoutPassword = (tenantId: string, session: ClientSession) =>
    model.findOne({ tenantId, roles: superadminRole, 'password.hash': { $exists: false }, externalId: { $exists: false } }, null, { session }).sort({ _id: 1 }).lean();

  return {
    async ensure(tx, credentials) {
      const { session, actor: { tenantId } } = tx;
      if (await withPassword(tenantId, session)) return { created: false, state: 'has-password' };
      // Nodes that boot at once meet here, so that only one of them creates the user.
      await lockDocument(superadminGuard(tenantId), session);
      const waiting = await withoutPassword(tenantId, session);
      const set = credentials ? { email: credentials.email, emailKey: emailKeyOf(credentials.email), password: credentials.password } : {};
      if (credentials) await displace(tx, credentials.email);
      const holder = credentials && (await model.findOne({ tenantId, emailKey: emailKeyOf(credentials.email) }, { _id: 1 }, { session }).lean());
      if (holder && holder._id !== waiting?._id) throw startError(`SUPERADMIN_EMAIL belongs to a user of the tenant "${tenantId}" who is not a superadmin: name another address, or make that user superadmin.`);
      const userId = waiting?._id ?? newId();
      if (waiting && credentials) await model.updateOne({ tenantId, _id: userId }, { $set: set, $inc: { version: 1 } }, { session });
      if (!waiting) {
        await model.create([{
          _id: userId, tenantId, ...set, roles: [superadminRole], isActive: true, accessVersion: 1, version: 1, createdAt: new Date(clock()),
        }], { session });
      }
      if (!waiting || credentials) tx.record({ action: waiting ? 'user.set-up-superadmin' : 'user.create', target: { kind: 'user', id: userId }, after: { email: credentials?.email, roles: [superadminRole] } });
      return { created: !waiting, state: credentials ? 'set-from-settings' : 'needs-set-up' };
    },

    hasPassword: async (tenantId) => (await withPassword(tenantId, null)) !== null,

    renewSetUpToken: (actor) => changes.transact(actor, async (tx) => {
      if (await withPassword(actor.tenantId, tx.session)) return null;
      const user = await withoutPassword(actor.tenantId, tx.session);
      return user && tokens.replace(tx, { kind, userId: user._id, expiresAt: new Date(clock() + setUpLifetime) });
    }),

    async setUp(actor, { token, email, password }) {
      if (!(await tokens.find(actor.tenantId, [kind], token, new Date(clock())))) throw new AppError('set-up-link-invalid');
      const stored = await hashNew(password, { email }, actor);
      await changes.transact(actor, async (tx) => {
        const { session, actor: { tenantId } } = tx;
        const taken = await tokens.take(tx, [kind], token, new Date(clock()));
        if (!taken || (await withPassword(tenantId, session))) throw new AppError('set-up-link-invalid');
        const { userId } = taken;
        const emailKey = emailKeyOf(email);
        await displace(tx, email);
        if (await model.exists({ tenantId, emailKey, _id: { $ne: userId } }).session(session)) throw new AppError('email-taken');
        await model.updateOne({ tenantId, _id: userId }, { $set: { email, emailKey, password: stored }, $inc: { version: 1 } }, { session });
        tx.record({ action: 'user.set-up-superadmin', target: { kind: 'user', id: userId }, after: { email } });
      });
    },
  };
}
