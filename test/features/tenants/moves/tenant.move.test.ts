import { createMoveTenant } from '../../../../src/features/tenants/moves/tenant.move.ts';
import type { MoveTenantDeps } from '../../../../src/features/tenants/moves/tenant.move.ts';
import type { Isolation } from '../../../../src/platform/database/tenancy/tenant-locations.ts';
import type { StoredRow, StoredRows } from '../../../../src/platform/database/tenancy/tenant-databases.ts';
import { systemActor } from '../../../../src/platform/changes/actor.ts';

const rowAt = (number: number): StoredRow => ({ document: { number }, bytes: Buffer.from(`row ${number}`) });

/** Moves a tenant with this number of rows of one kind to its own database; how many rows each write took is noted. */
async function move(count: number) {
  const places: Record<Isolation, StoredRow[]> = { shared: Array.from({ length: count }, (_, number) => rowAt(number)), database: [] };
  const written: number[] = [];
  const rows: StoredRows = {
    name: 'rows',
    // eslint-disable-next-line @typescript-eslint/require-await -- rows come one after the other
    async *read(place) { yield* places[place]; },
    insert(place, each) { written.push(each.length); places[place].push(...each); return Promise.resolve(); },
    clear(place) { places[place] = []; return Promise.resolve(); },
  };
  const deps: MoveTenantDeps = {
    store: {
      findByName: (name) => Promise.resolve({ _id: 't', name, status: 'suspended', policyVersion: 1, version: 1 }),
      begin: () => Promise.resolve(true), takeBack: () => Promise.resolve(true), finish: () => Promise.resolve(true),
      forgetOldPlace: () => Promise.resolve(),
    },
    changes: {
      transact: (_actor: unknown, work: (tx: unknown) => unknown) => work({ record: () => undefined }),
    } as never, // no other part of it is used
    rowsOf: () => [rows], prepare: () => Promise.resolve(), drop: () => Promise.resolve(),
    untilForgotten: () => Promise.resolve(), report: () => undefined,
  };
  return { outcome: await createMoveTenant(deps)(systemActor('default'), 'acme', 'database'), places, written };
}

describe('the copy of a move', () => {
  it('of many rows, writes 500 at once, so that a tenant of any size fits into memory', async () => {
    const { outcome, places, written } = await move(1_200);
    expect([outcome, written]).toEqual([{ kind: 'moved', rows: 1_200 }, [500, 500, 200]]);
    expect([places.shared, places.database.length]).toEqual([[], 1_200]);
  });

  it('of no rows, or of full batches alone, writes nothing more', async () => {
    expect([(await move(0)).written, (await move(1_000)).written]).toEqual([[], [500, 500]]);
  });
});
