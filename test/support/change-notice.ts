import type { ChangeNotice } from '../../src/platform/changes/peers.ts';

/** The notice of a change that concerns nobody, with these fields in place of its own. */
export const changeNotice = (fields: Partial<ChangeNotice> = {}): ChangeNotice => ({
  tenantId: 'tenant', action: 'test', target: { kind: 'role', id: 'role' }, policy: false, users: [], ...fields,
});
