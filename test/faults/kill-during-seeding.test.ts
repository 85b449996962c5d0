import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { createApp } from '../../src/process/app.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { connect } from '../../src/platform/database/connect.ts';
import type { BootNews, BootOrder } from '../support/booting-node.ts';
import { startOwnDatabase } from '../support/own-database.ts';
import { createProcesses, nextMessage } from '../support/processes.ts';
import type { Running } from '../support/processes.ts';
import { form, proof } from '../support/proof.ts';
import { countSeeded, readSeededContent, seededOnce } from '../support/seeded-content.ts';
import type { SeededContent } from '../support/seeded-content.ts';
import { testSettings } from '../support/test-settings.ts';

const points = proof({ short: 4, ci: 6, full: 20 });
const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64') };

const processes = createProcesses();
const database = await startOwnDatabase();

/** Many boots at once keep the local database busy. */
const patient = { silence: 30_000 };

async function use<T>(name: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(database.uri(name), patient);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Starts a node that is about to seed a database. */
async function readyNode(name: string): Promise<Running> {
  const node = processes.fork('test/support/booting-node.ts');
  node.child.send({ uri: database.uri(name), env: secrets } satisfies BootOrder);
  expect(await nextMessage<BootNews>(node)).toBe('connected');
  return node;
}

async function beginSeeding(node: Running): Promise<void> {
  node.child.send('boot');
  expect(await nextMessage<BootNews>(node)).toBe('seeding');
}

/** A seeding that nothing disturbs, in a new process as those that are killed; answers how long it took, in ms, and what it left. */
async function seedUndisturbed(name: string): Promise<{ milliseconds: number; content: SeededContent }> {
  const node = await readyNode(name);
  await beginSeeding(node);
  const news = await nextMessage<BootNews>(node);
  if (typeof news !== 'object' || 'fault' in news) throw new Error(JSON.stringify(news));
  return { milliseconds: news.milliseconds, content: await use(name, readSeededContent) };
}

type Left = 'nothing' | 'collections and indexes without a document' | 'everything';

interface Killed {
  readonly left: Left;
  /** Whether it had not yet told that its seeding was done. */
  readonly during: boolean;
}

/** Kills a node after a part of its seeding, and answers what it left. All of a seeding's documents are there, or none. */
async function seedAndKill(name: string, node: Running, delay: number): Promise<Killed> {
  await beginSeeding(node);
  let during = true;
  node.child.once('message', () => { during = false; });
  await sleep(delay);
  node.child.kill('SIGKILL');
  await node.ended;
  const left = await use<Left>(name, async (connection) => {
    const content = await readSeededContent(connection);
    if (Object.keys(content).length > 0) {
      expect(countSeeded(content)).toEqual(seededOnce);
      return 'everything';
    }
    return (await connection.listCollections()).length > 0 ? 'collections and indexes without a document' : 'nothing';
  });
  return { left, during };
}

async function boot(connection: Connection): Promise<SeededContent> {
  const gatehouse = createGatehouse({ connection, settings: testSettings(secrets) });
  await gatehouse.init(createApp(gatehouse));
  await gatehouse.close();
  return await readSeededContent(connection);
}

describe('the seeding, killed with SIGKILL', () => {
  it(`at ${points} random points, a normal boot afterwards ends as if nothing had happened`, async () => {
    const { milliseconds, content: reference } = await seedUndisturbed('gatehouse_test_reference');
    expect(countSeeded(reference)).toEqual(seededOnce);
    const names: string[] = [];
    const left = new Map<Left, number>();
    let during = 0;
    // Those that came too late are made up for.
    while (during < points && names.length < 3 * points) {
      const name = `gatehouse_test_${names.length}`;
      // One random point in each slice of the time that a whole seeding takes.
      const delay = (names.length % points + Math.random()) / points * milliseconds;
      names.push(name);
      const killed = await seedAndKill(name, await readyNode(name), delay);
      if (killed.during) during += 1;
      left.set(killed.left, (left.get(killed.left) ?? 0) + 1);
    }
    expect(during).toBe(points);
    // What a killed node had open stays locked for a minute (transactionLifetimeLimitSeconds), or until the database is started again.
    // The short form has no minute; the others show that a boot waits for it.
    if (form === 'short') {
      await database.kill();
      await database.restart();
    }
    const contents = await Promise.all(names.map((name) => use(name, boot)));
    for (const content of contents) {
      expect(countSeeded(content)).toEqual(seededOnce);
      // One that was killed at its very end may have made its set-up link before.
      expect({ ...content, tokens: undefined }).toEqual({ ...reference, tokens: undefined });
    }
    console.log([
      `kill -9 during seeding, which takes ${milliseconds.toFixed(
        0,
      )} ms: ${during} kills before it was done, one in each ${(milliseconds / points).toFixed(0)} ms, and ${names.length - during} after`,
      `they left ${[...left].map(([state, times]) => `${state} ${times} times`).join(', ')}`,
      'after one boot always 1 superadmin, 4 roles, 1 signing key, 1 tenant and the content of an undisturbed boot',
    ].join('; '));
  }, proof({ short: 300_000, ci: 600_000, full: 1_200_000 }));
});
