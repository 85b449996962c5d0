import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { linkKinds } from '../../platform/mail/mails.ts';
import type { LinkKind } from '../../platform/mail/mails.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A one-time token as stored: its hash alone, so that reading the database opens nothing. */
export interface OneTimeTokenRecord {
  /** `hashOneTimeToken(token)`. */
  readonly _id: string;
  readonly tenantId: string;
  readonly kind: OneTimeTokenKind;
  readonly userId: string;
  /** The address the link was sent to; of the kind change-email the new one. */
  readonly email?: string;
  /** Checked by code too: the database clears expired ones only about once a minute. */
  readonly expiresAt: Date;
}

/** What a token is good for, and for nothing else. */
export type OneTimeTokenKind = 'set-up-superadmin' | LinkKind;

/** The collection `tokens`: at most one live token of a kind for a user, since a new one replaces the old. */
export function createOneTimeTokenModel(connection: Connection, prefix = ''): Model<OneTimeTokenRecord> {
  const schema = new Schema<OneTimeTokenRecord>({
    _id: { type: String, required: true },
    kind: { type: String, required: true, enum: ['set-up-superadmin', ...linkKinds] },
    userId: { type: String, required: true },
    email: String,
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ tenantId: 1, userId: 1, kind: 1 }, { unique: true });
  return connection.model<OneTimeTokenRecord>('OneTimeToken', schema, `${prefix}tokens`);
}
