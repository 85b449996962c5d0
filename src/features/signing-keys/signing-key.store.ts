import type { Model } from 'mongoose';
import type { ClientSession } from '../../platform/database/session.ts';
import type { SigningKeyRecord } from './signing-key.model.ts';

/** The queries about signing keys. */
export interface SigningKeyStore {
  hasAny(session?: ClientSession): Promise<boolean>;
  /** All keys, in the order of their numbers. */
  readAll(session?: ClientSession): Promise<SigningKeyRecord[]>;
  create(record: SigningKeyRecord, session?: ClientSession): Promise<void>;
  remove(kids: readonly string[], session: ClientSession): Promise<void>;
  /** Changes when a key starts to sign. */
  setStart(kid: string, signsFrom: Date, session: ClientSession): Promise<void>;
}

/** Creates the store of signing keys. */
export function createSigningKeyStore(model: Model<SigningKeyRecord>): SigningKeyStore {
  return {
    hasAny: async (session) => (await model.exists({}).session(session ?? null)) !== null,
    readAll: (session) => model.find({}, null, { session: session ?? null }).sort({ number: 1 }).lean<SigningKeyRecord[]>(),
    async create(record, session) {
      await model.create([record], session ? { session } : {});
    },
    async remove(kids, session) {
      await model.deleteMany({ _id: { $in: kids } }, { session });
    },
    async setStart(kid, signsFrom, session) {
      await model.updateOne({ _id: kid }, { $set: { signsFrom } }, { session });
    },
  };
}
