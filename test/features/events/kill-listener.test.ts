import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { createProcesses } from '../../support/processes.ts';
import { proof } from '../../support/proof.ts';
import { standardPassword } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

const kills = proof({ short: 2, ci: 20, full: 50 });
/** Longest time from the start of the deliveries to the kill, in ms. */
const latest = 300;

const key = randomBytes(32).toString('base64');
const secrets = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: standardPassword, KEY_ENCRYPTION_KEY: key };
const gatehouse = await startGatehouse({ logsIn: false, settings: testSettings(secrets) });
const { users } = gatehouse.gatehouse;
const processes = createProcesses();
const file = join(processes.folder, 'ledger');
const heard = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '') : []);
const skewOf = (point: number) => String(point * 20_000);

function start(point: number) {
  return processes.start('test/features/events/listener-process.ts', [gatehouse.database.uri, file, skewOf(point), key]);
}

describe('a named listener, its process killed with SIGKILL', () => {
  it(`at ${kills} random points, hears every change at least once and in order`, async () => {
    const root = await gatehouse.stores.users.findOne({ tenantId: 'default', roles: 'superadmin' }).orFail().lean();
    const actor = { actor: { userId: root._id } };
    const { userId } = await users.create({ email: 'killed@example.com' }, actor);
    const written: string[] = [];
    let isOver = false;
    async function write(): Promise<void> {
      while (!isOver) {
        const firstName = `n${written.length}`;
        await users.update(userId, { firstName }, actor);
        written.push(`${userId} ${firstName}`);
        await sleep(10);
      }
    }

    const begun = start(0);
    await begun.until(/ready/);
    const writing = write();
    for (let [point, running] = [0, begun]; point < kills; point += 1) {
      const before = heard().length;
      await eventually(() => heard().length > before);
      await sleep(Math.random() * latest);
      running.child.kill('SIGKILL');
      await running.ended;
      running = start(point + 1);
      await running.until(/ready/, 60_000);
    }
    isOver = true;
    await writing;
    await eventually(() => heard().at(-1) === written.at(-1));

    // Only the event that a killed process was at may come again: each is the one before it, or its successor.
    const places = heard().map((line) => written.indexOf(line));
    const steps = places.map((place, index) => place - (places[index - 1] ?? -1));
    expect(steps.filter((step) => step !== 0 && step !== 1)).toEqual([]);
    expect(new Set(places)).toEqual(new Set(written.keys()));
    expect(steps.filter((step) => step === 0).length).toBeLessThanOrEqual(kills);
  }, proof({ short: 60_000, ci: 240_000, full: 600_000 }));
});
