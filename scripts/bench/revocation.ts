import { randomBytes } from 'node:crypto';
import { connect } from '../../src/platform/database/connect.ts';
import { withDatabase } from '../local-env.ts';
import { startTestMongo } from '../local-mongo.ts';
import { describeMachine, parseOptions, reportProgress, toNumber } from './options.ts';
import { startNodes, stopNodes } from './revocation/nodes.ts';
import { measureRevocation } from './revocation/run.ts';
import type { RevocationFigures } from './revocation/run.ts';

/**
 * `npm run bench -- revocation`: how long after its acknowledgement a change is unknown to other nodes.
 *
 * Rights are taken and given, sessions ended and begun, users disabled and enabled at one node, while all are asked for
 * the same URL with the same token.
 */
export async function benchRevocation(args: string[]): Promise<void> {
  const values = parseOptions(args, {
    nodes: { type: 'string', default: '2,4' },
    changes: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
  });
  const changes = toNumber('changes', values.changes, { most: 100_000, isWhole: true });
  const nodeCounts = values.nodes.split(',').map((text) => toNumber('nodes', text, { most: 16, isWhole: true }));
  const mongo = await startTestMongo(process.env, reportProgress);
  try {
    const figures: RevocationFigures[] = [];
    for (const count of nodeCounts) {
      figures.push(await withNodes(mongo.uri, count, (origins) => measureRevocation({ origins, changes })));
      reportProgress(`${count} nodes: done`);
    }
    const run = describeMachine(mongo.describe);
    console.log(values.json ? JSON.stringify({ run, figures }, null, 2) : printTable(run, figures));
  } finally {
    await mongo.stop();
  }
}

/** Runs nodes on a new database for as long as `work` takes. */
export async function withNodes<T>(mongodbUri: string, count: number, work: (origins: readonly string[]) => Promise<T>): Promise<T> {
  const uri = withDatabase(mongodbUri, `gatehouse_test_bench_revocation_${randomBytes(6).toString('hex')}`);
  const nodes = await startNodes(Array.from({ length: count }, () => uri));
  try {
    return await work(nodes.map(({ ready }) => ready.origin));
  } finally {
    await stopNodes(nodes);
    const connection = await connect(uri);
    await connection.dropDatabase().finally(() => connection.close());
  }
}

function printTable(run: { readonly database: string; readonly cores: number; readonly processor: string; readonly node: string }, figures: readonly RevocationFigures[]): string {
  const header = ['nodes', 'changes', 'requests', 'p50 ms', 'p99 ms', 'longest ms', 'old at own node', 'old after 2 s'];
  const rows = figures.map((row) => [row.nodes, row.changes, row.judged, row.p50, row.p99, row.longest, row.oldAtOwnNode, row.oldAfterBound].map(String));
  const widthOf = (column: number) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0));
  return [
    'From the acknowledgement of a change to the start of the last request that another node decided by the state before',
    `Database: ${run.database}. ${run.cores} cores, ${run.processor}. Node ${run.node}, load from the same machine.`,
    '',
    ...[header, ...rows].map((row) => row.map((cell, column) => cell.padStart(widthOf(column))).join('  ')),
  ].join('\n');
}
