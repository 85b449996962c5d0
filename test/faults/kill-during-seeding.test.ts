import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { createApp } from '../../src/app.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { connect } from '../../src/mongo/connect.ts';
import type { BootNews, BootOrder } from '../support/booting-node.ts';
import { startOwnDatabase } from '../support/own-database.ts';
import { createProcesses, nextMessage } from '../support/processes.ts';
import type { Running } from '../support/processes.ts';
import { countSeeded, readSeededContent, seededOnce } from '../support/seeded-content.ts';
import { testSettings } from '../support/test-settings.ts';

const isCi = process.env['CI'] === 'true';
const points = isCi ? 20 : 4;
const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64') };

const processes = createProcesses();
const database = await startOwnDatabase();
afterAll(async () => {
  await processes.end();
  await database.end();
});

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

/** A boot that nothing disturbs. */
async function boot(connection: Connection): Promise<void> {
  const gatehouse = createGatehouse({ connection, settings: testSettings(secrets) });
  await gatehouse.init(createApp(gatehouse));
  await gatehouse.close();
}

type Left = 'nothing' | 'collections and indexes without a document' | 'everything';

/** Kills a node after a part of its seeding, and answers what it left. All of a seeding's documents are there, or none. */
async function killOnce(node: Running, delay: number, connection: Connection): Promise<Left> {
  await beginSeeding(node);
  await sleep(delay);
  node.child.kill('SIGKILL');
  await node.ended;
  const content = await readSeededContent(connection);
  if (Object.keys(content).length === 0) {
    return (await connection.listCollections()).length > 0 ? 'collections and indexes without a document' : 'nothing';
  }
  expect(countSeeded(content)).toEqual(seededOnce);
  return 'everything';
}

describe('the seeding, killed with SIGKILL', () => {
  it(`at ${points} random points, a normal boot afterwards ends as if nothing had happened`, async () => {
    const undisturbed = await connect(database.uri('gatehouse_test_reference'));
    const first = await readyNode('gatehouse_test_reference');
    await beginSeeding(first);
    const news = await nextMessage<BootNews>(first);
    if (typeof news !== 'object' || 'fault' in news) throw new Error(JSON.stringify(news));
    const { milliseconds } = news;
    const reference = await readSeededContent(undisturbed);
    expect(countSeeded(reference)).toEqual(seededOnce);

    const left = new Map<Left, number>();
    const delays: number[] = [];
    const boots: Promise<void>[] = [];
    let next = readyNode('gatehouse_test_0');
    for (let point = 0; point < points; point += 1) {
      const node = await next;
      const connection = await connect(database.uri(`gatehouse_test_${point}`));
      next = readyNode(`gatehouse_test_${point + 1}`);
      // One random point in each slice of the time that a whole seeding takes, and of a little more.
      const delay = (point + Math.random()) / points * 1.1 * milliseconds;
      delays.push(delay);
      const state = await killOnce(node, delay, connection);
      left.set(state, (left.get(state) ?? 0) + 1);
      // What a killed node had open, a database keeps locked for a minute (transactionLifetimeLimitSeconds); only CI waits for that.
      if (!isCi) await connection.db?.admin().command({ killAllSessions: [] });
      boots.push(boot(connection).finally(() => connection.close()));
    }
    await next;
    await Promise.all(boots);
    for (let point = 0; point < points; point += 1) {
      const connection = await connect(database.uri(`gatehouse_test_${point}`));
      const content = await readSeededContent(connection);
      expect(countSeeded(content)).toEqual(seededOnce);
      // One that had ended may have made its set-up link before it was killed.
      expect({ ...content, tokens: undefined }).toEqual({ ...reference, tokens: undefined });
      await connection.close();
    }
    await undisturbed.close();

    console.log([
      `kill -9 during seeding: ${points} kills, ${delays[0]?.toFixed(0) ?? ''} to ${delays.at(-1)?.toFixed(0) ?? ''} ms into the ${milliseconds.toFixed(0)} ms that it takes`,
      `they left ${[...left].map(([state, times]) => `${state} ${times} times`).join(', ')}`,
      'after one boot always 1 superadmin, 4 roles, 1 active signing key, 1 tenant and the content of an undisturbed boot',
    ].join('; '));
  }, 600_000);
});
