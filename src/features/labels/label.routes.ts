import { AppError } from '../../errors/errors.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { actorOf } from '../../platform/changes/actor.ts';
import type { ChangeService } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import { labelName, labelShape, labelView } from './label.shape.ts';
import type { LabelStore } from './label.store.ts';

export interface LabelRouteDeps {
  readonly store: LabelStore;
  readonly changes: Pick<ChangeService, 'transact'>;
}

/** The URLs under /labels/. */
export function createLabelRoutes({ store, changes }: LabelRouteDeps) {
  return [
    defineRoute({
      method: 'GET', url: '/labels/load', summary: 'List labels',
      actsInTenant: true,
      input: { query: pageFields },
      output: pageOf(labelShape),
      errors: [],
      async handler({ input: { query }, caller }) {
        const { items, nextCursor } = await store.load(caller.tenantId, query);
        return { items: items.map(labelView), nextCursor };
      },
    }),
    defineRoute({
      method: 'POST', url: '/labels/create', summary: 'Create a label', status: 201,
      actsInTenant: true,
      input: { body: { name: labelName } },
      output: labelShape,
      errors: ['label-exists'],
      handler: (context) => changes.transact(actorOf(context), async (tx) => {
        const { name } = context.input.body;
        if (await store.isNameTaken(tx, name)) throw new AppError('label-exists');
        const label = { _id: newId(), tenantId: tx.actor.tenantId, name };
        await store.create(tx, label);
        tx.record({ action: 'label.create', target: { kind: 'label', id: label._id }, after: labelView(label) });
        return labelView(label);
      }),
    }),
  ];
}
