import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostileCases } from '../engine/hostile-policies.ts';
import type { HostileCase } from '../engine/hostile-policies.ts';
import { createClient } from '../support/client/client.ts';
import type { Client } from '../support/client/client.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';
import { proof } from '../support/proof.ts';

// One tenant holds the heaviest policies that can be saved, and asks by them as often as its limit allows. Another one notices little.

const seconds = proof({ short: 2, ci: 5, full: 20 });
/**
 * How many times as long the slowest hundredth of another tenant's requests may take. In the full form alone: time depends on what else the
 * machine does.
 */
const mostTimes = proof({ short: Infinity, ci: Infinity, full: 2 });
const perSecond = 100;
const password = 'a long enough password';
const root = { email: 'root@example.com', password };

const processes = createProcesses();
const database = await createDatabase('fast', { name: 'heavy_tenant' });

interface Tenant {
  readonly name: string;
  readonly origin: string;
  readonly admin: Client;
}

async function startGatehouse(): Promise<{ readonly origin: string; readonly superadmin: Client }> {
  const running = processes.start('src/cli/cli.ts', ['start', '--data', processes.folder], {
    env: {
      MONGODB_URI: database.uri, PORT: '0', PASSWORD_COST: '4', LOG_LEVEL: 'silent',
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
      SUPERADMIN_EMAIL: root.email, SUPERADMIN_PASSWORD: password,
    },
  });
  const [, origin = ''] = await running.until(/listens on (\S+)/);
  return { origin, superadmin: await createClient(origin).logIn(root.email, password) };
}

/** A tenant with an admin who holds these policies. */
async function newTenant(
  { origin, superadmin }: Awaited<ReturnType<typeof startGatehouse>>, name: string, policies: HostileCase['policies'],
): Promise<Tenant> {
  const email = `boss@${name}.test`;
  await superadmin.post('/tenants/create', { name, admin: { email: `first@${name}.test` } }, 201);
  const { userId } = (await superadmin.post(`/admin/create-user?tenant=${name}`, { email, password }, 201)).body;
  await superadmin.post(`/roles/create?tenant=${name}`, { roleId: 'asker', type: 'asker', rights: [], policies }, 201);
  for (const type of ['admin', 'asker']) await superadmin.post(`/roles/assign?tenant=${name}`, { userId, type, mode: 'add' }, 200);
  return { name, origin, admin: await createClient(origin).logIn(email, password, name) };
}

/** Asks without the client of other tests, whose own work on each answer takes time that is not the server's. */
async function ask(
  { origin, admin }: Tenant, path: string, checks?: readonly unknown[],
): Promise<{ readonly status: number; readonly milliseconds: number }> {
  const began = performance.now();
  const response = await fetch(origin + path, {
    headers: { Authorization: `Bearer ${admin.token ?? ''}`, 'Content-Type': 'application/json' },
    ...(checks && { method: 'POST', body: JSON.stringify({ checks }) }),
  });
  await response.arrayBuffer();
  return { status: response.status, milliseconds: performance.now() - began };
}

/**
 * What a usual tenant waits for its gated GETs and checks, at a rate that does not depend on the answers: 99 % are done within these ms.
 */
async function measure(tenant: Tenant): Promise<number> {
  const all: ReturnType<typeof ask>[] = [];
  for (const began = performance.now(); performance.now() - began < seconds * 1_000;) {
    await sleep(2);
    const due = ((performance.now() - began) / 1_000) * perSecond;
    while (all.length < due) {
      all.push(all.length % 2 === 0 ? ask(tenant, '/profile/me') : ask(
        tenant, '/permissions/check', [{ action: 'read', resource: `items/${all.length}` }],
      ));
    }
  }
  const answers = await Promise.all(all);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  return answers.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other)[Math.floor(answers.length * 0.99)] ?? NaN;
}

/**
 * Calls of one check and of 100, one after the other on each of six connections; a refused one is tried again a little later. Answers how
 * many were served and refused.
 */
function attack(tenant: Tenant, { asked }: HostileCase): { end(): Promise<{ served: number; refused: number }> } {
  let isOver = false;
  const counts = { served: 0, refused: 0 };
  const callers = Promise.all([1, 1, 1, 1, 100, 100].map(async (count) => {
    while (!isOver) {
      const { status } = await ask(tenant, '/permissions/check', Array(count).fill({ action: 'read', resource: asked }));
      expect([200, 429]).toContain(status);
      counts[status === 200 ? 'served' : 'refused'] += 1;
      if (status === 429) await sleep(250);
    }
  }));
  return {
    async end() {
      isOver = true;
      await callers;
      return counts;
    },
  };
}

/** Those that fit into the body of a request. */
const saved = hostileCases.filter(
  ({ asked, policies }) => !asked.startsWith('/') && JSON.stringify(policies).length < 95_000 && policies.length <= 100,
);

describe('a tenant at its limit with the heaviest policies', () => {
  it('lets another tenant wait at most twice as long as alone', async () => {
    expect(saved.length).toBeGreaterThanOrEqual(3);
    const server = await startGatehouse();
    const usual = await newTenant(server, 'usual', [{ effect: 'allow', actions: ['read'], resources: ['items/*'] }]);
    await measure(usual); // compiles the code
    const alone = await measure(usual);
    const rows: string[] = [];
    for (const [index, hostile] of saved.entries()) {
      const heavy = await newTenant(server, `heavy${index}`, hostile.policies);
      await ask(heavy, '/permissions/check', [{ action: 'read', resource: hostile.asked }]);
      const attackers = attack(heavy, hostile);
      const beside = await measure(usual);
      const { served, refused } = await attackers.end();
      rows.push(
        `${hostile.name} ${beside.toFixed(1)} ms, ${(beside / alone).toFixed(2)} times (${served} calls served, ${refused} refused)`,
      );
      expect(refused).toBeGreaterThan(served);
      expect(beside / alone).toBeLessThanOrEqual(mostTimes);
    }
    console.log(`p99 of a usual tenant alone ${alone.toFixed(1)} ms; beside one at its limit: ${rows.join(', ')}`);
  }, 600_000);
});
