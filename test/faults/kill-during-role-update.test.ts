import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { spareUrls, superadmin } from '../../scripts/bench/revocation/story.ts';
import { withDatabase } from '../../src/cli/local/local-env.ts';
import { createAuditModel } from '../../src/features/audit/audit.model.ts';
import { createOutboxModel } from '../../src/platform/changes/outbox.model.ts';
import { inTransaction } from '../../src/platform/database/transactions.ts';
import { createRoleModel } from '../../src/features/roles/role.model.ts';
import { createTenantModel } from '../../src/features/tenants/tenant.model.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { send } from '../support/nodes.ts';
import { proof } from '../support/proof.ts';

const points = proof({ short: 2, ci: 10, full: 50 });
/** Nodes that are started while another one is asked. */
const ahead = 2;
/** A node is killed within so many times what its first swap took. */
const swapsBeforeKill = 6;
const tenantId = 'default';
const role = 'large';
/** The rights that the role is given first, and those for which they are swapped; none is in both. */
const states = [spareUrls.slice(0, 20), spareUrls.slice(20)] as const;
/** Which of the states these rights are, in whatever order; -1 for anything else, such as a mix. */
const stateOf = (rights: readonly string[]): number => states.findIndex(
  (state) => JSON.stringify([...state].sort()) === JSON.stringify([...rights].sort()),
);

type Node = Awaited<ReturnType<typeof startNodes>>[number];

async function prepareRole(origin: string): Promise<string> {
  const login = await send(origin, '/users/login', { body: superadmin });
  expect(login).toMatchObject({ status: 200 });
  const { access_token: token } = login.body as { access_token: string }; // as its route declares
  const created = await send(origin, '/roles/create', { token, body: { roleId: role, type: role, rights: states[0] } });
  expect(created).toMatchObject({ status: 201 });
  return token;
}

/**
 * Swaps the rights over and over until the node, which is killed at a random moment, answers no more; answers how many swaps were
 * acknowledged.
 */
async function swapUntilKilled({ ready: { origin }, kill }: Node, token: string): Promise<number> {
  const began = performance.now();
  let killed: Promise<void> | undefined;
  for (let acknowledged = 0; ; acknowledged += 1) {
    if (acknowledged === 1) killed = sleep(Math.random() * swapsBeforeKill * (performance.now() - began)).then(kill);
    const body = { type: role, rights: states[(acknowledged + 1) % 2] };
    const answer = await send(origin, '/roles/update-rights', { method: 'PUT', token, body }).catch(() => undefined);
    if (answer?.status !== 200) {
      expect(answer).toBeUndefined();
      await killed;
      return acknowledged;
    }
  }
}

/**
 * What a database says at one moment, for it may still be at work on what the node sent last, of the swaps in each place that one of them
 * writes to.
 */
function readTraces(connection: Connection) {
  const swaps = { tenantId, action: 'role.update-rights', 'target.id': role };
  const shown = (fields?: Record<string, unknown>) => stateOf(fields?.['rights'] as string[]); // so a record shows the rights of a role
  return inTransaction(connection, async (session) => {
    const { rights, version } = await createRoleModel(connection).findOne({ tenantId, roleId: role }, null, { session }).orFail().lean();
    const records = await createAuditModel(connection).find(swaps, null, { session }).sort({ _id: 1 }).lean();
    const announced = await createOutboxModel(connection).countDocuments({ ...swaps, policy: true }, { session });
    const { policyVersion } = await createTenantModel(connection).findById(tenantId, null, { session }).orFail().lean();
    return {
      state: stateOf(rights.map(({ url }) => url)), version, announced, policyVersion,
      records: records.map(({ before, after }) => [shown(before), shown(after)]),
    };
  });
}

describe('updates of a role, their node killed with SIGKILL', () => {
  it(`at ${points} random points, leave the last one whole or not at all, and none that was acknowledged is lost`, async () => {
    const { connection, uri, drop } = await createDatabase('fast', { name: 'killed' });
    // Of its own for each node: what a killed one had open stays locked for a minute (transactionLifetimeLimitSeconds).
    const names = Array.from({ length: points }, (_, point) => `${connection.name}_${point}`);
    const counts = { acknowledged: 0, unacknowledged: 0 };
    const started: ReturnType<typeof startNodes>[] = [];
    const start = (name: string) => {
      const nodes = startNodes([withDatabase(uri, name)]);
      nodes.catch(() => undefined); // told below, where it is waited for
      started.push(nodes);
    };
    try {
      names.slice(0, ahead).forEach(start);
      for (const [point, name] of names.entries()) {
        const [node] = await started[point] ?? [];
        if (!node) throw new Error('No node was started.');
        names.slice(point + ahead, point + ahead + 1).forEach(start);
        const token = await prepareRole(node.ready.origin);
        const { policyVersion } = await readTraces(connection.useDb(name));
        const acknowledged = await swapUntilKilled(node, token);
        const traces = await readTraces(connection.useDb(name));
        const made = traces.records.length;
        expect([acknowledged, acknowledged + 1]).toContain(made);
        expect(traces).toEqual({
          state: made % 2, version: 1 + made, announced: made, policyVersion: policyVersion + made,
          records: Array.from({ length: made }, (_, index) => [index % 2, (index + 1) % 2]),
        });
        counts.acknowledged += acknowledged;
        counts.unacknowledged += made - acknowledged;
      }
    } finally {
      for (const nodes of await Promise.allSettled(started)) if (nodes.status === 'fulfilled') await stopNodes(nodes.value);
      await drop();
    }
    console.log([
      `kill -9 during role updates: ${points} kills; ${counts.acknowledged} were acknowledged, each with its record and announcement`,
      `the last one was made but not acknowledged ${counts.unacknowledged} times, and left nothing `
        + `${points - counts.unacknowledged} times; never a mix`,
    ].join('; '));
  }, proof({ short: 120_000, ci: 600_000, full: 1_800_000 }));
});
