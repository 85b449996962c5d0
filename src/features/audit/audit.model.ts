import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** One event: the actor, the action, the source and the result. */
export interface AuditRecord {
  _id: string;
  tenantId: string;
  at: Date;
  /** Such as "role.create", "session.login" or "request". */
  action: string;
  result: 'done' | 'refused';
  /** The code of a refusal. */
  code?: string;
  userId: string | null;
  sessionId: string | null;
  /** The actor's own tenant, if it is another one. */
  actorTenantId?: string;
  /** The tenant in which the actor acted, if it is another one. */
  targetTenantId?: string;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  /** How the call came, unless by HTTP. */
  via?: 'code';
  target?: { kind: string; id: string };
  /** The fields that changed. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** Of a refused request; if several were counted, of the first one. */
  method?: string;
  url?: string;
  /** The number of events: more than 1 only for refusals of one source within a minute. */
  count: number;
  lastAt: Date;
  expiresAt: Date;
}

/** The collection `auditRecords`. The database deletes expired records. */
export function createAuditModel(connection: Connection, prefix = ''): Model<AuditRecord> {
  const schema = new Schema<AuditRecord>({
    _id: String,
    at: { type: Date, required: true },
    action: { type: String, required: true },
    result: { type: String, enum: ['done', 'refused'], required: true },
    code: String,
    userId: { type: String, default: null },
    sessionId: { type: String, default: null },
    actorTenantId: String,
    targetTenantId: String,
    ip: { type: String, default: null },
    userAgent: { type: String, default: null },
    requestId: { type: String, default: null },
    via: { type: String, enum: ['code'] },
    target: { type: new Schema({ kind: String, id: String }, { _id: false }), default: undefined },
    before: { type: Schema.Types.Mixed, default: undefined },
    after: { type: Schema.Types.Mixed, default: undefined },
    method: String,
    url: String,
    count: { type: Number, required: true },
    lastAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false, minimize: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, at: 1 });
  schema.index({ tenantId: 1, userId: 1, at: 1 });
  schema.index({ tenantId: 1, 'target.id': 1 });
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<AuditRecord>('AuditRecord', schema, `${prefix}auditRecords`);
}
