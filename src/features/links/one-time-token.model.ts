import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { linkKinds } from '../../platform/mail/mails.ts';
import type { LinkKind } from '../../platform/mail/mails.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A stored one-time token. Only its hash is stored, so that nobody can use what they read in the database. */
export interface OneTimeTokenRecord {
  /** `hashOneTimeToken(token)`. */
  readonly _id: string;
  readonly tenantId: string;
  readonly kind: OneTimeTokenKind;
  /** The id of the user; for `set-up-provider`, whose reader is no user, the id of the identity provider. */
  readonly userId: string;
  /** The address to which the link was sent; for change-email this is the new address. */
  readonly email?: string;
  /** Where its page leads. It was in the list when the link was ordered. */
  readonly returnTo?: string;
  /** For `link-identity` and `confirm-identity`: the login through an identity provider that the token begins. */
  readonly login?: OrderedLogin;
  /** The code checks it too: the database deletes expired tokens only about once a minute. */
  readonly expiresAt: Date;
}

/** A login that the app of a user has ordered. */
export interface OrderedLogin {
  readonly providerId: string;
  /** S256 (RFC 7636), for the code that the app gets. */
  readonly codeChallenge: string;
  /** The state of the app, which it gets back. */
  readonly state?: string;
}

/** The single purpose of a token. */
export type OneTimeTokenKind = 'set-up-superadmin' | 'link-identity' | 'confirm-identity' | LinkKind;

/** The collection `tokens`. A user has at most one token of each kind: a new one replaces it. */
export function createOneTimeTokenModel(connection: Connection, prefix = ''): Model<OneTimeTokenRecord> {
  const schema = new Schema<OneTimeTokenRecord>({
    _id: { type: String, required: true },
    kind: { type: String, required: true, enum: ['set-up-superadmin', 'link-identity', 'confirm-identity', ...linkKinds] },
    userId: { type: String, required: true },
    email: String,
    returnTo: String,
    login: {
      type: new Schema<OrderedLogin>({
        providerId: { type: String, required: true }, codeChallenge: { type: String, required: true }, state: String,
      }, { _id: false, strict: 'throw' }),
      default: undefined,
    },
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ tenantId: 1, userId: 1, kind: 1 }, { unique: true });
  return connection.model<OneTimeTokenRecord>('OneTimeToken', schema, `${prefix}tokens`);
}
