import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { readPage } from '../../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../../platform/database/queries/page.ts';
import type { LoginStep } from '../providers/provider-ports.types.ts';
import { cleanSteps } from './clean-steps.ts';
import type { LoginTrace } from './login-trace.model.ts';

/** A login to be traced. */
export interface NewTrace {
  readonly reference: string;
  readonly tenantId: string;
  readonly providerId: string;
  readonly at: Date;
  readonly result: LoginTrace['result'];
  readonly code?: string;
  readonly steps: readonly LoginStep[];
}

/** The traces of logins: 30 days, the newest 500 of a provider. */
export interface LoginTraces {
  /** Stores a trace. `secrets` are the tokens, codes and passwords of this login: they are removed from all values. */
  write(trace: NewTrace, secrets?: readonly string[]): Promise<void>;
  /** One page of the traces of a provider, the newest first. */
  load(tenantId: string, providerId: string, page: PageRequest): Promise<Page<LoginTrace>>;
  /** Null if no trace with this reference is kept. */
  find(tenantId: string, reference: string): Promise<LoginTrace | null>;
  removeOf(tx: ChangeTransaction, providerId: string): Promise<void>;
}

/** How long a trace is kept, in ms. */
const lifetime = 30 * 24 * 60 * 60 * 1_000;

/** The most traces of one provider. */
const maxOfProvider = 500;

/** Creates the store of traces. It cleans every trace that it writes. */
export function createLoginTraceStore({ model, clock }: { readonly model: Model<LoginTrace>; readonly clock: () => number }): LoginTraces {
  const live = () => ({ $gt: new Date(clock()) });

  async function removeOldest(tenantId: string, providerId: string): Promise<void> {
    const beyond = await model.findOne({ tenantId, providerId }, { order: 1 }).sort({ order: -1 }).skip(maxOfProvider).lean();
    if (beyond) await model.deleteMany({ tenantId, providerId, order: { $lte: beyond.order } });
  }

  return {
    async write({ reference, steps, ...trace }, secrets) {
      const order = `${String(trace.at.getTime()).padStart(15, '0')} ${reference}`;
      await model.create({
        ...trace, _id: reference, order, steps: cleanSteps(steps, secrets), expiresAt: new Date(trace.at.getTime() + lifetime),
      });
      await removeOldest(trace.tenantId, trace.providerId);
    },
    load: (tenantId, providerId, page) => readPage<LoginTrace>(
      ['logins', tenantId, providerId], page, ({ order }) => order, 'descending',
      (after, count) => model.find({ tenantId, providerId, expiresAt: live(), ...(after && { order: after }) }).sort({ order: -1 })
        .limit(count).lean(),
    ),
    find: (tenantId, reference) => model.findOne({ tenantId, _id: reference, expiresAt: live() }).lean(),
    async removeOf({ session, actor: { tenantId } }, providerId) {
      await model.deleteMany({ tenantId, providerId }, { session });
    },
  };
}
