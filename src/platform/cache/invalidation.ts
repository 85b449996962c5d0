import type { ChangeNotice } from '../changes/peers.ts';
import { createValidity } from './validity.ts';
import type { ValidityToken } from './validity.ts';

/** Invalidates the cache entries of this node after changes. */
export interface Invalidation {
  /**
   * Take these tokens before you read an identity provider, or the grants of a principal. They end when it or the tenant changes.
   */
  tokensFor(tenantId: string, id: string): readonly ValidityToken[];
  /** Ends the tokens that a committed change affects. The change may come from this node or another one. */
  applyChange(notice: ChangeNotice): void;
  /** Ends all tokens, because changes may have been missed. */
  invalidateAll(): void;
  /** Subscribes to changes of tenants themselves. The listener is called also when changes may have been missed. */
  onTenantChange(listener: () => void): void;
}

/** Maximum number of tenants, principals and identity providers with tokens. */
const maxTokens = 100_000;

/** Kinds of change targets with tokens of their own. */
const cachedKinds: readonly string[] = ['user', 'client', 'provider'];

export function createInvalidation(): Invalidation {
  const listeners: (() => void)[] = [];
  const tenantChanged = () => { for (const listener of listeners) listener(); };
  const validity = createValidity(maxTokens);
  const tenant = (tenantId: string) => `tenant ${tenantId}`;
  const single = (tenantId: string, id: string) => `single ${tenantId} ${id}`;

  return {
    onTenantChange: (listener) => void listeners.push(listener),
    tokensFor: (tenantId, id) => [validity.current(tenant(tenantId)), validity.current(single(tenantId, id))],
    applyChange({ tenantId, target, policy, users }) {
      if (policy) validity.invalidate(tenant(tenantId));
      for (const userId of users) validity.invalidate(single(tenantId, userId));
      if (cachedKinds.includes(target.kind)) validity.invalidate(single(tenantId, target.id));
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
