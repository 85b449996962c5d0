import { createClient } from '../client/client.ts';
import type { Client } from '../client/client.ts';
import { nodeSettings } from '../nodes.ts';
import type { NodeProcess } from '../nodes.ts';
import { createProcesses } from '../processes.ts';
import { connectTo, createDatabase } from './database.ts';
import type { DatabaseKind, TestDatabase } from './database.ts';

export interface ProcessOptions {
  /** How many processes of src/main.ts to start; 0: none before `start` is called. */
  readonly processes: number;
  /** The kind of a new database, or one that there is. */
  readonly database?: DatabaseKind | Pick<TestDatabase, 'uri'>;
  /** Settings beside those that every node needs. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Nodes of one Gatehouse, each a process of its own that can be stopped and killed. */
export interface GatehouseProcesses {
  readonly nodes: readonly NodeProcess[];
  readonly database: TestDatabase;
  /** The settings that all nodes share, secrets among them. */
  readonly env: Readonly<Record<string, string>>;
  /** A client of the first node without a token. */
  readonly anonymous: Client;
  /** Starts one more node, with these settings beside the shared ones, and waits until it serves. */
  start(env?: Readonly<Record<string, string>>): Promise<NodeProcess>;
}

export async function startProcesses(
  { processes: count, database: where = 'shared', env: added }: ProcessOptions,
): Promise<GatehouseProcesses> {
  const database = await (typeof where === 'string' ? createDatabase(where) : connectTo(where));
  const processes = createProcesses();
  const env = { ...nodeSettings(database.uri), ...added };
  const nodes: NodeProcess[] = [];

  async function start(more: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    const running = processes.start('src/main.ts', [], { env: { ...env, ...more } });
    // Several start one after the other, beside others that work.
    const [, origin = ''] = await running.until(/listens on (\S+)\n[^]*seeding .*\n/, 90_000);
    const node = { ...running, origin };
    nodes.push(node);
    return node;
  }

  // One after the other: the first one seeds.
  for (let started = 0; started < count; started += 1) await start();
  return { nodes, database, env, start, get anonymous() { return createClient(nodes[0]?.origin ?? ''); } };
}
