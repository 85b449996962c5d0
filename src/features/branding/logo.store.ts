import type { Model, mongo } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { LogoRecord } from './logo.model.ts';
import type { Logo } from './logo.ts';

/** The queries about logos. */
export interface LogoStore {
  /** The logo with this digest, of any tenant. */
  find(digest: string): Promise<Pick<Logo, 'contentType' | 'bytes'> | null>;
  /** Whether this is the logo of the tenant. */
  has(tx: ChangeTransaction, tenantId: string, digest: string): Promise<boolean>;
  /** Replaces the logo of the tenant. */
  replace(tx: ChangeTransaction, tenantId: string, logo: Logo): Promise<void>;
  remove(tx: ChangeTransaction, tenantId: string): Promise<void>;
}

/** Creates the store of logos. */
export function createLogoStore(model: Model<LogoRecord>): LogoStore {
  return {
    async find(digest) {
      const found = await model.findOne({ digest }).lean();
      return found && { contentType: found.contentType, bytes: bytesOf(found.bytes) };
    },
    has: async ({ session }, tenantId, digest) => (await model.exists({ _id: tenantId, digest }).session(session)) !== null,
    async replace({ session }, tenantId, logo) {
      await model.replaceOne({ _id: tenantId }, { ...logo, tenantId }, { session, upsert: true });
    },
    async remove({ session }, tenantId) {
      await model.deleteOne({ _id: tenantId }, { session });
    },
  };
}

/** Exactly the stored bytes. The driver reads them as its own type, or with `promoteBuffers` as a part of a larger buffer. */
function bytesOf(bytes: Buffer | mongo.Binary): Buffer {
  return Buffer.from(Buffer.isBuffer(bytes) ? bytes : bytes.value());
}
