import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** What one provider stores: clients, sessions, grants, codes. It outlives a change of keys, which needs a new provider. */
export interface Storage {
  readonly adapter: AdapterFactory;
  saveClient(clientId: string, metadata: AdapterPayload): void;
  /** The sessions of an account. */
  sessionsOf(accountId: string): readonly AdapterPayload[];
  endSessions(accountId: string): void;
}

/** Keeps everything in memory, and checks no time: no test lasts as long as a session. */
export function createStorage(): Storage {
  const models = new Map<string, Map<string, AdapterPayload>>();
  const rowsOf = (model: string): Map<string, AdapterPayload> => {
    const rows = models.get(model) ?? new Map<string, AdapterPayload>();
    models.set(model, rows);
    return rows;
  };
  const find = (model: string, isIt: (row: AdapterPayload) => boolean) => Promise.resolve([...rowsOf(model).values()].find(isIt));

  function adapter(model: string): Adapter {
    const rows = rowsOf(model);
    return {
      upsert: (id, payload) => { rows.set(id, payload); return Promise.resolve(); },
      find: (id) => Promise.resolve(rows.get(id)),
      findByUid: (uid) => find(model, (row) => row.uid === uid),
      findByUserCode: (userCode) => find(model, (row) => row.userCode === userCode),
      consume(id) {
        const row = rows.get(id);
        if (row) row.consumed = Math.floor(Date.now() / 1_000);
        return Promise.resolve();
      },
      destroy: (id) => { rows.delete(id); return Promise.resolve(); },
      revokeByGrantId(grantId) {
        for (const [id, row] of rows) if (row.grantId === grantId) rows.delete(id);
        return Promise.resolve();
      },
    };
  }

  const sessionsOf = (accountId: string) => [...rowsOf('Session').entries()].filter(([, session]) => session.accountId === accountId);
  return {
    adapter,
    saveClient: (clientId, metadata) => { rowsOf('Client').set(clientId, metadata); },
    sessionsOf: (accountId) => sessionsOf(accountId).map(([, session]) => session),
    endSessions: (accountId) => { for (const [id] of sessionsOf(accountId)) rowsOf('Session').delete(id); },
  };
}
