import { connect } from '../../../src/platform/database/connect.ts';
import { defineBenchmark, reportProgress } from '../benchmark.ts';
import { whole, wholes } from '../options.ts';
import { createTable } from '../report.ts';
import { dropAndClose, throwAwayDatabase } from '../serve.ts';
import { startNodes, stopNodes } from './nodes.ts';
import { measureRevocation } from './run.ts';
import type { RevocationFigures } from './run.ts';

/**
 * `npm run bench -- revocation`: how long after its acknowledgement a change is unknown to other nodes.
 *
 * One node takes and gives rights, ends and begins sessions, disables and enables users, while every node gets requests
 * to the same URL with the same token.
 */
export const revocationBenchmark = defineBenchmark({
  about: 'how long after its acknowledgement a change is unknown to other nodes',
  options: { nodes: wholes([2, 4], 16), changes: whole(400, 100_000) },
  async measure({ nodes, changes }, mongodbUri) {
    const figures: RevocationFigures[] = [];
    for (const count of nodes) {
      figures.push(await withNodes(mongodbUri, count, (origins) => measureRevocation({ origins, changes })));
      reportProgress(`${count} nodes: done`);
    }
    return {
      title: ['From the acknowledgement of a change to the start of the last request that another node decided by the state before.'],
      tables: [createTable('figures', figures, [
        ['nodes', (row) => row.nodes], ['changes', (row) => row.changes], ['requests', ({ judged }) => judged],
        ['p50 ms', ({ p50 }) => p50], ['p99 ms', ({ p99 }) => p99], ['longest ms', ({ longest }) => longest],
        ['old at own node', ({ oldAtOwnNode }) => oldAtOwnNode], ['old after 2 s', ({ oldAfterBound }) => oldAfterBound],
      ], 0)],
    };
  },
});

/** Runs nodes on a new database until `work` ends. */
async function withNodes<T>(mongodbUri: string, count: number, work: (origins: readonly string[]) => Promise<T>): Promise<T> {
  const uri = throwAwayDatabase(mongodbUri, 'revocation');
  const nodes = await startNodes(Array.from({ length: count }, () => uri));
  try {
    return await work(nodes.map(({ ready }) => ready.origin));
  } finally {
    await stopNodes(nodes);
    await dropAndClose(await connect(uri));
  }
}
