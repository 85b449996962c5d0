import type { ChangeNotice } from '../changes/peers.ts';
import { createMarks } from './validity.ts';
import type { Mark } from './validity.ts';

/** What this node keeps of what it has read, and which changes end that. */
export interface Knowledge {
  /** Take it before reading what somebody may do; good until they, or their tenant, change. */
  takeMarks(tenantId: string, principalId: string): readonly Mark[];
  /** A change was committed, here or elsewhere. */
  note(notice: ChangeNotice): void;
  /** Changes may have been missed. */
  forgetAll(): void;
  /** Subscribes to changes of tenants themselves, and to the times when changes may have been missed. */
  onTenantChange(listener: () => void): void;
}

/** Tenants and principals of whom something is kept. */
const maxMarks = 100_000;

/** Kinds of things whose id is whom, or what, a mark stands for. */
const principals: readonly string[] = ['user', 'client'];

export function createKnowledge(): Knowledge {
  const listeners: (() => void)[] = [];
  const tenantChanged = () => { for (const listener of listeners) listener(); };
  const marks = createMarks(maxMarks);
  const tenant = (tenantId: string) => `tenant ${tenantId}`;
  const principal = (tenantId: string, id: string) => `principal ${tenantId} ${id}`;

  return {
    onTenantChange: (listener) => void listeners.push(listener),
    takeMarks: (tenantId, principalId) => [marks.take(tenant(tenantId)), marks.take(principal(tenantId, principalId))],
    note({ tenantId, target, policy, users }) {
      if (policy) marks.end(tenant(tenantId));
      for (const userId of users) marks.end(principal(tenantId, userId));
      if (principals.includes(target.kind)) marks.end(principal(tenantId, target.id));
      if (target.kind === 'tenant') {
        marks.end(tenant(target.id));
        tenantChanged();
      }
    },
    forgetAll() {
      marks.endAll();
      tenantChanged();
    },
  };
}
