import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { ProviderTest } from './provider-test.model.ts';

/** The queries about tests of providers. */
export interface ProviderTestStore {
  create(tx: ChangeTransaction, test: ProviderTest): Promise<void>;
  /** Null if there is none, or its time is over. */
  find(tenantId: string, testId: string, tx?: ChangeTransaction): Promise<ProviderTest | null>;
  /** Writes the outcome of a test that is pending. */
  finish(tx: ChangeTransaction, testId: string, outcome: Pick<ProviderTest, 'result' | 'steps' | 'claims' | 'would'>): Promise<void>;
  removeOf(tx: ChangeTransaction, providerId: string): Promise<void>;
}

/** Creates the store of tests. */
export function createProviderTestStore(
  { model, clock }: { readonly model: Model<ProviderTest>; readonly clock: () => number },
): ProviderTestStore {
  return {
    async create({ session }, test) {
      await model.create([test], { session });
    },
    find: (tenantId, testId, tx) => model.findOne(
      { tenantId, _id: testId, expiresAt: { $gt: new Date(clock()) } }, null, { session: tx?.session ?? null },
    ).lean(),
    async finish({ session, actor: { tenantId } }, testId, outcome) {
      await model.updateOne({ tenantId, _id: testId, result: 'pending' }, { $set: outcome }, { session });
    },
    async removeOf({ session, actor: { tenantId } }, providerId) {
      await model.deleteMany({ tenantId, providerId }, { session });
    },
  };
}
