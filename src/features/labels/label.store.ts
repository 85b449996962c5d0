import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { Label } from './label.model.ts';

/** The queries about labels. */
export interface LabelStore {
  /** One page of labels, in the order of their ids. */
  load(tenantId: string, page: PageRequest): Promise<Page<Label>>;
  isNameTaken(tx: ChangeTransaction, name: string): Promise<boolean>;
  create(tx: ChangeTransaction, label: Label): Promise<void>;
}

/** Creates the store of labels. */
export function createLabelStore(model: Model<Label>): LabelStore {
  return {
    load: (tenantId, page) => readPage(['labels', tenantId], page, ({ _id }) => _id, 'ascending', (after, count) =>
      model.find(after ? { tenantId, _id: after } : { tenantId }).sort({ _id: 1 }).limit(count).lean()),
    isNameTaken: async ({ session, actor: { tenantId } }, name) => (await model.exists({ tenantId, name }).session(session)) !== null,
    async create({ session }, label) {
      await model.create([label], { session });
    },
  };
}
