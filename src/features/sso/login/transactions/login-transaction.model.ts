import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../../platform/database/tenancy/tenant-scope.ts';
import type { Sealed } from '../../../../platform/sealed.ts';

/** What a pass through a browser is for. */
const loginKinds = ['login', 'link', 'test', 'confirm'] as const;
export type LoginKind = (typeof loginKinds)[number];

/** One pass through a browser. It is bound to that browser, to one revision of one provider, and to one return URL. It is used once. */
export interface LoginTransaction {
  /** SHA-256 of its id, which names its cookie and is shown to the person as a reference. */
  readonly _id: string;
  readonly tenantId: string;
  readonly kind: LoginKind;
  readonly providerId: string;
  readonly revision: number;
  /** SHA-256 of the secret in the cookie. */
  readonly secretHash: string;
  readonly state: string;
  readonly nonce: string;
  /** The verifier of the code exchange. */
  readonly verifier: Sealed;
  /** Exact URL of the list. Absent in tests. */
  readonly returnTo?: string;
  /** The state of the app, which it gets back. */
  readonly appState?: string;
  /** The challenge of the app for its own code. */
  readonly codeChallenge?: string;
  /** The user who links or confirms. */
  readonly userId?: string;
  readonly testId?: string;
  readonly startedAt: Date;
  /** The code checks it too: the database deletes expired rows only about once a minute. */
  readonly expiresAt: Date;
}

/** The collection `loginTransactions`. */
export function createLoginTransactionModel(connection: Connection, prefix = ''): Model<LoginTransaction> {
  const text = { type: String, required: true };
  const schema = new Schema<LoginTransaction>({
    _id: text,
    kind: { ...text, enum: loginKinds },
    providerId: text,
    revision: { type: Number, required: true },
    secretHash: text,
    state: text,
    nonce: text,
    verifier: { type: new Schema({ iv: text, tag: text, data: text }, { _id: false, strict: 'throw' }), required: true },
    returnTo: String,
    appState: String,
    codeChallenge: String,
    userId: String,
    testId: String,
    startedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ tenantId: 1, userId: 1 }, { partialFilterExpression: { userId: { $type: 'string' } } });
  return connection.model<LoginTransaction>('LoginTransaction', schema, `${prefix}loginTransactions`);
}
