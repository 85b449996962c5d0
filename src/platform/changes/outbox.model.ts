import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { mailKinds } from '../mail/mails.ts';
import type { MailKind } from '../mail/mails.ts';

/**
 * An order for a mail. The one-time token of the mail is created when the mail is sent, so that no token is ever stored.
 *
 * `email` is an address that an unknown person typed, the new address of `change-email`, or the address for a notice. `returnTo` is
 * stored with the token. `topic` is what the mail is about, such as a domain. `providerId` is that of `set-up-provider`, whose reader is
 * no user.
 */
export type MailOrder = { readonly kind: MailKind; readonly returnTo?: string; readonly topic?: string; readonly providerId?: string } & (
  { readonly userId: string; readonly email?: string } | { readonly userId?: never; readonly email: string });

/** The stored form of an order, in the outbox. */
export interface StoredMailOrder {
  kind: MailKind;
  userId?: string;
  email?: string;
  /** Where the page of the link leads. */
  returnTo?: string;
  /** The identity provider that the link is about. */
  providerId?: string;
  /** What the mail is about, such as a domain. */
  topic?: string;
  /** Number of attempts. A node settles an order only if this number is still that of its own attempt. */
  attempts: number;
  /** When the order is due. While a node sends it, the time from which another node may take it. */
  nextAt: Date;
}

/** One row of the outbox. Other nodes and the mailer learn of changes from these rows. */
export interface OutboxRow {
  _id: string;
  tenantId: string;
  at: Date;
  action: string;
  /** The id is empty if an order for a mail names only an address. */
  target: { kind: string; id: string };
  /** Whether the tenant's policy version was raised. */
  policy: boolean;
  /** Users whose grants, status or sessions changed. */
  users: string[];
  /** The id of the audit record of the change. Only rows with it are delivered to listeners of the host. */
  recordId?: string;
  /** Removed when the mail is sent or given up, so that no address stays. */
  mail?: StoredMailOrder;
  /** The number of a heartbeat. A row with it is the heartbeat of a node, and no change. */
  beat?: number;
  expiresAt: Date;
}

export function createOutboxModel(connection: Connection, prefix = ''): Model<OutboxRow> {
  const mail = new Schema<StoredMailOrder>({
    kind: { type: String, required: true, enum: mailKinds },
    userId: String,
    email: String,
    returnTo: String,
    providerId: String,
    topic: String,
    attempts: { type: Number, required: true },
    nextAt: { type: Date, required: true },
  }, { _id: false, strict: 'throw' });
  const schema = new Schema<OutboxRow>({
    _id: String,
    tenantId: { type: String, required: true },
    at: { type: Date, required: true },
    action: { type: String, required: true },
    target: { type: new Schema({ kind: String, id: String }, { _id: false }), required: true },
    policy: { type: Boolean, required: true },
    users: { type: [String], required: true },
    recordId: String,
    mail,
    beat: Number,
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ 'mail.nextAt': 1 });
  return connection.model<OutboxRow>('OutboxRow', schema, `${prefix}outbox`);
}
