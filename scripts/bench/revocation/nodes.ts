import { randomBytes } from 'node:crypto';
import { startChildServer } from '../child-server.ts';
import type { ChildServer } from '../child-server.ts';

/** Settings by their names; undefined: as the product has it by default. */
export type NodeEnv = Readonly<Record<string, string | undefined>>;

/** Starts nodes of one Gatehouse on one database, each a process of its own with an address of the database, and settings, of its own. */
export async function startNodes(uris: readonly string[], env: NodeEnv = {}, own: readonly NodeEnv[] = []): Promise<ChildServer<{ readonly origin: string }>[]> {
  const shared = {
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    DATABASE_SILENCE: '20000', // beside other work the local database is slow, which is no outage
    ...env,
  };
  const nodes: ChildServer<{ readonly origin: string }>[] = [];
  try {
    for (const [index, uri] of uris.entries()) {
      nodes.push(await startChildServer(`node ${index + 1}`, new URL('./node.server.ts', import.meta.url), [uri], { ...shared, ...own[index] }));
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
