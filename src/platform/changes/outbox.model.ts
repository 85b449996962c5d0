import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { mailKinds } from '../mail/mails.ts';
import type { MailKind } from '../mail/mails.ts';

/**
 * An order for a mail, which is not the mail: its one-time token is made when it is sent, so that none is ever stored.
 *
 * `email` is what somebody typed who may not be known, the new address of `change-email`, or where a notice goes.
 */
export type MailOrder = { readonly kind: MailKind } & (
  { readonly userId: string; readonly email?: string } | { readonly userId?: never; readonly email: string });

/** An order as it waits in the outbox. */
export interface StoredMailOrder {
  kind: MailKind;
  userId?: string;
  email?: string;
  /** How often it was taken to be sent; also tells whose turn it is, so that nobody settles what another one took since. */
  attempts: number;
  /** When it is due. While a node sends it: when another node may take it. */
  nextAt: Date;
}

/** One row of the feed from which other nodes, and the mailer, learn of a change. */
export interface OutboxRow {
  _id: string;
  tenantId: string;
  at: Date;
  action: string;
  /** The id is empty where an order for a mail names nobody but an address. */
  target: { kind: string; id: string };
  /** Whether the tenant's policy version was raised. */
  policy: boolean;
  /** Users whose grants, status or sessions changed. */
  users: string[];
  /** Only until it is sent or given up, so that no address stays. */
  mail?: StoredMailOrder;
  /** Only of a node's heartbeat, which is no change: its number. */
  beat?: number;
  expiresAt: Date;
}

export function createOutboxModel(connection: Connection, prefix = ''): Model<OutboxRow> {
  const mail = new Schema<StoredMailOrder>({
    kind: { type: String, required: true, enum: mailKinds },
    userId: String,
    email: String,
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
    mail,
    beat: Number,
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ 'mail.nextAt': 1 });
  return connection.model<OutboxRow>('OutboxRow', schema, `${prefix}outbox`);
}
