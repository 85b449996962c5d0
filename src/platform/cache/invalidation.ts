import type { ChangeNotice } from '../changes/peers.ts';
import { createValidity } from './validity.ts';
import type { ValidityToken } from './validity.ts';

/** Which changes end what this node keeps of what it has read. */
export interface Invalidation {
  /** Take it before reading what somebody may do; good until they, or their tenant, change. */
  tokensFor(tenantId: string, principalId: string): readonly ValidityToken[];
  /** A change was committed, here or elsewhere. */
  applyChange(notice: ChangeNotice): void;
  /** Changes may have been missed. */
  invalidateAll(): void;
  /** Subscribes to changes of tenants themselves, and to the times when changes may have been missed. */
  onTenantChange(listener: () => void): void;
}

/** Tenants and principals of whom something is kept. */
const maxTokens = 100_000;

/** Kinds of things whose id is whom, or what, a token stands for. */
const principals: readonly string[] = ['user', 'client'];

export function createInvalidation(): Invalidation {
  const listeners: (() => void)[] = [];
  const tenantChanged = () => { for (const listener of listeners) listener(); };
  const validity = createValidity(maxTokens);
  const tenant = (tenantId: string) => `tenant ${tenantId}`;
  const principal = (tenantId: string, id: string) => `principal ${tenantId} ${id}`;

  return {
    onTenantChange: (listener) => void listeners.push(listener),
    tokensFor: (tenantId, principalId) => [validity.current(tenant(tenantId)), validity.current(principal(tenantId, principalId))],
    applyChange({ tenantId, target, policy, users }) {
      if (policy) validity.invalidate(tenant(tenantId));
      for (const userId of users) validity.invalidate(principal(tenantId, userId));
      if (principals.includes(target.kind)) validity.invalidate(principal(tenantId, target.id));
      if (target.kind === 'tenant') {
        validity.invalidate(tenant(target.id));
        tenantChanged();
      }
    },
    invalidateAll() {
      validity.invalidateAll();
      tenantChanged();
    },
  };
}
