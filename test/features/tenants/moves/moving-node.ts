import { systemActor } from '../../../../src/platform/changes/actor.ts';
import { createChangeService } from '../../../../src/platform/changes/change.service.ts';
import { createOutboxStore } from '../../../../src/platform/changes/outbox.store.ts';
import { connect } from '../../../../src/platform/database/connect.ts';
import { isolations } from '../../../../src/platform/database/tenancy/tenant-locations.ts';
import { createModels } from '../../../../src/boot/stores.ts';
import { createDatabase } from '../../../../src/platform/database/database.ts';
import { createTenantMoveStore } from '../../../../src/features/tenants/moves/tenant-moves.store.ts';
import { createMoveTenant } from '../../../../src/features/tenants/moves/tenant.move.ts';

// A process that moves a tenant and can be killed meanwhile: arguments are the database, the tenant's name and where to.
// No other node has read the tenant, so that it need not wait until it is forgotten.
const [, , uri = '', name = '', text] = process.argv;
const to = isolations.find((isolation) => isolation === text) ?? 'shared';
const connection = await connect(uri);
const database = createDatabase(connection, '', { of: () => 'shared' });
const stores = createModels(database);
const changes = createChangeService({
  connection, rehearsals: database.rehearsals, outbox: createOutboxStore(stores.outbox), clock: Date.now,
  raisePolicyVersion: () => Promise.resolve(), enforceQuota: () => Promise.resolve(), writeAudit: () => Promise.resolve([]),
});
const move = createMoveTenant({
  store: createTenantMoveStore(stores.tenants), changes, rowsOf: database.tenants.rowsOf, prepare: database.tenants.prepare,
  drop: database.tenants.drop,
  untilForgotten: () => Promise.resolve(), report: (line) => console.log(line),
});
process.send?.('moving');
const began = performance.now();
const outcome = await move(systemActor('default'), name, to);
process.send?.({ ...outcome, milliseconds: performance.now() - began });
await connection.close();
process.disconnect();
