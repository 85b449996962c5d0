import { countingPool } from '../../support/counting-pool.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { sharedPool } from '../../support/shared-pool.ts';
import { watchCommands } from '../../support/watch-commands.ts';
import { addUsers, ask, cases, purposes, shuffledCases, tellingSettings, untilMailed } from './telling.ts';

// Whether an address is known, disabled or unverified must show in nothing: neither in the answer nor in what is done until
// then, which is counted here. What it costs, and how long it takes: test/alone/telling.test.ts.

const tries = 2;
const settings = tellingSettings(4);
const expected = {
  login: { status: 401, hashes: 1 }, 'forgot-password': { status: 202, hashes: 0 }, 'resend-verification': { status: 202, hashes: 0 },
};

/** What was hashed, each as the version and the cost of bcrypt, such as "$2b$04$". */
const hashed: string[] = [];
const passwordPool = countingPool(sharedPool, ({ salt }) => hashed.push(salt.slice(0, 7)));

describe('an address', () => {
  let server: TestGatehouse;
  beforeAll(async () => {
    server = await startGatehouse({ settings, passwordPool, monitorCommands: true });
    await addUsers(server, settings, tries);
  });
  it.each(purposes)('%s, known, unknown, disabled or unverified, is answered the same after the same work', async (purpose) => {
    const commands = watchCommands(server.connection);
    const said: string[] = [];
    /** By what was done, the cases in which it was. */
    const done: Record<string, string[]> = {};
    for (let index = 0; index < tries; index += 1) {
      for (const kind of shuffledCases()) {
        await untilMailed(server);
        hashed.length = 0;
        const seen = await commands.during(async () => said.push(await ask(server, purpose, kind, index)));
        // Which tenant a request is for is read from memory for 2 s at a time, for every caller.
        const steps = [...hashed, ...seen.filter((command) => command !== 'find tenants')];
        (done[steps.join(', ')] ??= []).push(kind);
        expect(hashed).toHaveLength(expected[purpose].hashes);
      }
    }
    expect(said).toHaveLength(tries * cases.length);
    expect(new Set(said).size).toBe(1);
    expect(said[0]).toMatch(`[${expected[purpose].status},`);
    expect(Object.keys(done)).toHaveLength(1);
  }, 60_000);
});
