import type { ChangeNotice } from '../changes/peers.ts';
import { createValidity } from './validity.ts';
import type { ValidityToken } from './validity.ts';

/** Invalidates the cache entries of this node after changes. */
export interface Invalidation {
  /** Take these tokens before you read the grants of a principal. They end when the principal or the tenant changes. */
  tokensFor(tenantId: string, principalId: string): readonly ValidityToken[];
  /** Ends the tokens that a committed change affects. The change may come from this node or another one. */
  applyChange(notice: ChangeNotice): void;
  /** Ends all tokens, because changes may have been missed. */
  invalidateAll(): void;
  /** Subscribes to changes of tenants themselves. The listener is called also when changes may have been missed. */
  onTenantChange(listener: () => void): void;
}

/** Maximum number of tenants and principals with tokens. */
const maxTokens = 100_000;

/** Kinds of change targets that are principals. */
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
