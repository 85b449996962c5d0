import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { LoginLevel } from '../../engine/recent-login.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** How and when the login of a session was proved. */
export interface SessionAuth {
  /** The methods (RFC 8176): `pwd` is a password. Empty for clients. */
  amr: string[];
  level: LoginLevel;
  /** Raised by each later proof, never by a refresh. */
  at: Date;
  /** The identity provider, if it logged the user in, and the identity by which it knows them. */
  providerId?: string;
  identityId?: string;
  /** The id of the session at the provider, such as the claim `sid` of OpenID Connect. */
  external?: string;
  /** The client that exchanged a token of the provider for this session. */
  clientId?: string;
}

/** A stored login. It has no rights of its own: it points to a shared right set. */
export interface Session {
  _id: string;
  tenantId: string;
  /** Of its principal. */
  kind: 'user' | 'client';
  /** userId or clientId */
  userId: string;
  rightSetId: string;
  /** The versions for which the right set is valid. */
  policyVersion: number;
  accessVersion: number;
  /** When an assignment starts or ends: the right set is valid until then. */
  changesAt?: Date | null;
  createdAt: Date;
  /** When it was last used, to the minute. Only in tenants whose unused sessions end. */
  seenAt?: Date;
  expiresAt: Date;
  device: { userAgent: string | null; ip: string | null };
  /** Absent from sessions that were opened before this was stored. */
  auth?: SessionAuth;
  /** Absent for clients, and for sessions that end with a token of an identity provider. */
  refresh?: {
    /** The hash of the live refresh token. */
    current: string;
    /** The hashes of exchanged tokens, so that their reuse is noticed. */
    used: { hash: string; at: Date }[];
  };
}

/** The collection `sessions`. The database deletes expired sessions, up to a minute late. */
export function createSessionModel(connection: Connection, prefix = ''): Model<Session> {
  const schema = new Schema<Session>({
    _id: String,
    kind: { type: String, enum: ['user', 'client'], required: true },
    userId: { type: String, required: true },
    rightSetId: { type: String, required: true },
    policyVersion: { type: Number, required: true },
    accessVersion: { type: Number, required: true },
    changesAt: Date,
    createdAt: { type: Date, required: true },
    seenAt: Date,
    expiresAt: { type: Date, required: true },
    device: { type: new Schema({ userAgent: String, ip: String }, { _id: false }), required: true },
    auth: {
      type: new Schema({
        amr: [String], level: { type: Number, enum: [1, 2, 3], required: true }, at: { type: Date, required: true },
        providerId: String, identityId: String, external: String, clientId: String,
      }, { _id: false, strict: 'throw' }),
      default: undefined,
    },
    refresh: {
      type: new Schema({
        current: String, used: [new Schema({ hash: String, at: Date }, { _id: false })],
      }, { _id: false, strict: 'throw' }),
      default: undefined,
    },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, userId: 1 });
  schema.index({ tenantId: 1, 'refresh.current': 1 });
  schema.index({ tenantId: 1, 'refresh.used.hash': 1 });
  schema.index(
    { 'tenantId': 1, 'auth.providerId': 1, 'auth.external': 1 }, { partialFilterExpression: { 'auth.providerId': { $type: 'string' } } },
  );
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<Session>('Session', schema, `${prefix}sessions`);
}
