import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Comparison } from '../http/server/comparison/compare.ts';
import { createProcesses } from '../support/processes.ts';

const packages = resolve(import.meta.dirname, '../../scripts/bench/node_modules');
const processes = createProcesses();

describe('createServer beside http.createServer', () => {
  it.each([
    ['this Node', process.execPath, process.version], ['Node 22', `${packages}/node-22/bin/node`, 'v22.'],
    ['Node 24', `${packages}/node-24/bin/node`, 'v24.'],
  ])('%s, every answer behind common middlewares too, is equal byte for byte', async (_what, program, version) => {
    expect([program, existsSync(program)]).toEqual([program, true]);
    const { child, ended } = processes.fork('test/http/server/comparison/compare.process.ts', [], { node: program });
    const [comparison] = await once(child, 'message') as [Comparison & { readonly node: string }]; // the only message
    await ended;
    expect(comparison.differences).toEqual([]);
    expect([comparison.answers, comparison.empty]).toEqual([119, 2]);
    expect(comparison.node.startsWith(version)).toBe(true);
  }, 120_000);
});
