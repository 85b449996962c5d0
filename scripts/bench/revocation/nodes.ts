import { randomBytes } from 'node:crypto';
import { startChildServer } from '../servers/child-server.ts';
import type { ChildServer } from '../servers/child-server.ts';

/** Settings by name; undefined leaves a setting at its default. */
export type NodeEnv = Readonly<Record<string, string | undefined>>;
export type Node = ChildServer<{ readonly origin: string }>;

const file = new URL('./node.server.ts', import.meta.url);

/**
 * Starts nodes of one Gatehouse, each a process of its own, one for each address of their database.
 *
 * `env` holds for all nodes, `own` for the node at the same place of the list.
 */
export async function startNodes(uris: readonly string[], env: NodeEnv = {}, own: readonly NodeEnv[] = []): Promise<Node[]> {
  const shared = {
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    DATABASE_SILENCE: '20000', // beside other work the local database is slow, which is no outage
    ...env,
  };
  const nodes: Node[] = [];
  try {
    for (const [index, uri] of uris.entries()) {
      nodes.push(await startChildServer({ name: `node ${index + 1}`, file, args: [uri], env: { ...shared, ...own[index] } }));
    }
    return nodes;
  } catch (error) {
    await stopNodes(nodes);
    throw error;
  }
}

export async function stopNodes(nodes: readonly ChildServer<unknown>[]): Promise<void> {
  for (const node of nodes) await node.stop();
}
