import type { LoginCodeStore } from '../../../src/features/sso/login/codes/login-code.store.ts';
import type { LoginCode } from '../../../src/features/sso/login/codes/login-code.model.ts';
import type { LoginTransaction } from '../../../src/features/sso/login/transactions/login-transaction.model.ts';
import type { LoginTransactionStore } from '../../../src/features/sso/login/transactions/login-transaction.store.ts';

/** Stores in memory, for cases that are about something else than the database. */
export function createLoginStoresInMemory() {
  const rows = new Map<string, LoginTransaction>();
  const kept = new Map<string, LoginCode>();
  const transactions: LoginTransactionStore = {
    add: (transaction) => Promise.resolve(void rows.set(transaction._id, transaction)),
    read: (tenantId, id) => Promise.resolve(of(tenantId, id)),
    take: (tenantId, { _id, secretHash }) => Promise.resolve(of(tenantId, _id)?.secretHash === secretHash && rows.delete(_id)),
    dropAllOf: () => Promise.resolve(),
    unfinishedOf: (tenantId, owned) => Promise.resolve(owned.filter(({ _id }) => of(tenantId, _id))),
  };
  const codes: Pick<LoginCodeStore, 'add'> = { add: (_tx, code) => Promise.resolve(void kept.set(code._id, code)) };
  const of = (tenantId: string, id: string) => {
    const row = rows.get(id);
    return row?.tenantId === tenantId ? row : null;
  };
  return {
    transactions, codes,
    /** Lets the time of every unfinished login run out. */
    expire: () => { for (const row of rows.values()) rows.set(row._id, { ...row, expiresAt: new Date(0) }); },
  };
}
