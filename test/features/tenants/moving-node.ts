import { systemActor } from '../../../src/platform/changes/actor.ts';
import { createChangeService } from '../../../src/platform/changes/change.service.ts';
import { createRehearsals } from '../../../src/platform/changes/rehearsals.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import { isolations } from '../../../src/platform/database/tenancy/tenant-locations.ts';
import { createStorage } from '../../../src/platform/database/database.ts';
import { createMoveTenant } from '../../../src/features/tenants/tenant.move.ts';

// A process that moves a tenant and can be killed meanwhile: arguments are the database, the tenant's name and where to.
// No other node has read the tenant, so that it need not wait until it is forgotten.
const [, , uri = '', name = '', text] = process.argv;
const to = isolations.find((isolation) => isolation === text) ?? 'shared';
const connection = await connect(uri);
const { stores, tenantDatabases } = createStorage(connection, '', { of: () => 'shared' });
const changes = createChangeService({ rehearsals: createRehearsals(),
  connection, outbox: stores.outbox, clock: Date.now, raisePolicyVersion: () => Promise.resolve(), requireRoom: () => Promise.resolve(), writeAudit: () => Promise.resolve(),
});
const move = createMoveTenant({
  model: stores.tenants, changes, rowsOf: tenantDatabases.rowsOf, prepare: tenantDatabases.prepare, drop: tenantDatabases.drop,
  untilForgotten: () => Promise.resolve(), say: (line) => console.log(line),
});
process.send?.('moving');
const began = performance.now();
const outcome = await move(systemActor('default'), name, to);
process.send?.({ ...outcome, milliseconds: performance.now() - began });
await connection.close();
process.disconnect();
