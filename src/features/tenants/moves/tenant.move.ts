import { createHash } from 'node:crypto';
import type { Action } from '../../../platform/changes/actions.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { Isolation } from '../../../platform/database/tenancy/tenant-locations.ts';
import type { StoredRow, StoredRows } from '../../../platform/database/tenancy/tenant-databases.ts';
import type { TenantMoveStore } from './tenant-moves.store.ts';
import type { Tenant } from '../tenant.model.ts';

/** How a move ended, or why there was nothing to move. */
export type MoveOutcome =
  | { readonly kind: 'moved' | 'taken-back'; readonly rows: number }
  | { readonly kind: 'there-already' | 'not-found' | 'default-tenant' | 'not-suspended' };

/**
 * Moves a suspended tenant to a place: copies its rows, compares them, switches to the new place, and removes the old rows.
 *
 * After an interruption at any step, the same call goes on. Until the switch, the old rows are the valid ones. A call with the
 * place where the tenant still is undoes an interrupted move.
 */
export type MoveTenant = (actor: Actor, name: string, to: Isolation) => Promise<MoveOutcome>;

export interface MoveTenantDeps {
  readonly store: Pick<TenantMoveStore, 'findByName' | 'begin' | 'takeBack' | 'finish' | 'forgetOldPlace'>;
  readonly changes: ChangeService;
  readonly rowsOf: (tenantId: string) => readonly StoredRows[];
  /** Creates a tenant's own database with all indexes. */
  readonly prepare: (tenantId: string) => Promise<void>;
  readonly drop: (tenantId: string) => Promise<void>;
  /** Waits until no node has the old location of a tenant in its cache or in a running request. */
  readonly untilForgotten: () => Promise<void>;
  readonly report: (line: string) => void;
}

const batch = 500;

export function createMoveTenant({ store, changes, rowsOf, prepare, drop, untilForgotten, report }: MoveTenantDeps): MoveTenant {
  /** Writes to the tenant and records it in the trail of the platform, because the tenant's own trail is being moved. */
  async function note(
    actor: Actor, { _id }: Tenant, action: Action, write: (tx: ChangeTransaction) => Promise<boolean>, after: Record<string, unknown>,
  ): Promise<void> {
    await changes.transact(actor, async (tx) => {
      if (!await write(tx)) throw new Error('Somebody else has changed the tenant in the meantime: run the command again.');
      tx.record({ action, target: { kind: 'tenant', id: _id }, after });
    });
  }

  async function empty(tenantId: string, place: Isolation): Promise<void> {
    if (place === 'database') await drop(tenantId);
    else for (const rows of rowsOf(tenantId)) await rows.clear('shared');
  }

  async function copy(tenantId: string, from: Isolation, to: Isolation): Promise<number> {
    await empty(tenantId, to);
    if (to === 'database') await prepare(tenantId);
    let all = 0;
    for (const rows of rowsOf(tenantId)) {
      const waiting: StoredRow[] = [];
      let count = 0;
      for await (const row of rows.read(from)) {
        waiting.push(row);
        count += 1;
        if (waiting.length === batch) await rows.insert(to, waiting.splice(0));
      }
      if (waiting.length > 0) await rows.insert(to, waiting);
      const [before, after] = [await digestOf(rows.read(from)), await digestOf(rows.read(to))];
      if (before !== after) throw new Error(
        `The copy of ${rows.name} of ${tenantId} differs from the original. The tenant was not moved. Run the command again.`,
      );
      report(`${rows.name}: ${count} copied and compared`);
      all += count;
    }
    return all;
  }

  async function tidy({ _id }: Tenant, left: Isolation): Promise<void> {
    await empty(_id, left);
    await store.forgetOldPlace(_id, left);
  }

  return async (actor, name, to) => {
    const tenant = await store.findByName(name);
    if (!tenant) return { kind: 'not-found' };
    if (tenant._id === defaultTenantId) return { kind: 'default-tenant' };
    const { isolation: from = 'shared', movingTo, leftIn } = tenant;
    if (leftIn !== undefined) await tidy(tenant, leftIn);
    if (from === to) {
      if (movingTo === undefined) return { kind: leftIn === undefined ? 'there-already' : 'moved', rows: 0 };
      await empty(tenant._id, movingTo);
      await note(actor, tenant, 'tenant.take-back-move', (tx) => store.takeBack(tx, tenant._id, movingTo), { isolation: from });
      return { kind: 'taken-back', rows: 0 };
    }
    if (tenant.status !== 'suspended') return { kind: 'not-suspended' };
    if (movingTo === undefined) await note(actor, tenant, 'tenant.begin-move', (tx) => store.begin(tx, tenant._id, to), { movingTo: to });
    report('waiting until no node uses the old location of the tenant');
    await untilForgotten();
    const rows = await copy(tenant._id, from, to);
    await note(actor, tenant, 'tenant.move', (tx) => store.finish(tx, tenant._id, from, to), { isolation: to });
    await tidy(tenant, from);
    return { kind: 'moved', rows };
  };
}

async function digestOf(rows: AsyncIterable<StoredRow>): Promise<string> {
  const hash = createHash('sha256');
  for await (const { bytes } of rows) hash.update(bytes);
  return hash.digest('hex');
}
