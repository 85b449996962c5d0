import { setImmediate } from 'node:timers/promises';
import { containsGrants } from '../../src/access/contain.ts';
import { decide, decideUrl } from '../../src/access/decide.ts';
import type { UrlRequest } from '../../src/access/decide.ts';
import { explain } from '../../src/access/explain.ts';
import type { Given } from '../../src/access/given.ts';
import { compileGrants } from '../../src/access/grants.ts';
import { narrowPolicy } from '../../src/access/narrow.ts';
import type { PermissionRequest } from '../../src/access/permission-request.ts';
import { scope } from '../../src/access/scope.ts';
import { hostileCases, longName } from '../access/hostile-policies.ts';
import { registryOf } from '../access/registries.ts';

// How long the worst takes that can be saved. What decides runs on each request and must be done in 5 ms; what compiles,
// explains or compares grants runs once a change, or when an admin asks.

const mostPerDecision = 5;
const mostPerChange = 250;
const repeats = 15;
const registry = registryOf({ auth: { '/': ['a/*path'] } });

interface Taken {
  readonly median: number;
  readonly worst: number;
}

const attempts = 8;

/** The best of several tries, if the first is over the limit: what else the machine does may spoil one of them, and what takes long spoils all. */
async function measure(limit: number, run: () => unknown): Promise<Taken> {
  let best = await measureOnce(run);
  for (let attempt = 1; attempt < attempts && best.median > limit; attempt += 1) {
    const next = await measureOnce(run);
    if (next.median < best.median) best = next;
  }
  return best;
}

/** How long something takes once it has been run a few times, in ms in which the machine let this process run. */
async function measureOnce(run: () => unknown): Promise<Taken> {
  const times: number[] = [];
  for (let round = -5; round < repeats; round += 1) {
    await setImmediate();
    const [cpu, began] = [process.cpuUsage(), process.hrtime.bigint()];
    run();
    const elapsed = Number(process.hrtime.bigint() - began) / 1e6;
    const { user, system } = process.cpuUsage(cpu);
    if (round >= 0) times.push(Math.min(elapsed, (user + system) / 1e3));
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(repeats / 2)] ?? NaN, worst: times[repeats - 1] ?? NaN };
}

describe('the worst that can be saved', () => {
  it('is decided within 5 ms', async () => {
    const rows: string[][] = [['', 'decide', 'worst', 'scope', 'worst', 'compile', 'explain', 'contain', 'narrow']];
    const slow: string[] = [];
    for (const { name, policies, asked, facts } of hostileCases) {
      const grants = compileGrants(registry, { rights: [], policies, isSuperadmin: false });
      const lookup = registry.lookUp('GET', asked);
      const request: UrlRequest | PermissionRequest = lookup.kind === 'found' ? { endpoint: lookup.endpoint, path: asked } : { action: 'read', resource: asked };
      const given = policies.map((policy): Given => ({ kind: 'policy', policy, chain: [] }));
      const decided = await measure(mostPerDecision, () => ('endpoint' in request ? decideUrl(grants, request, facts) : decide(grants, request, facts)));
      const scoped = await measure(mostPerDecision, () => scope(grants, { action: 'read', resource: asked.split('/').slice(1).join('/') || 'items' }, facts));
      const compiled = await measure(mostPerChange, () => compileGrants(registry, { rights: [], policies, isSuperadmin: false }));
      const explained = await measure(mostPerChange, () => explain(registry, given, request, facts));
      const contained = await measure(mostPerChange, () => containsGrants(grants, grants, registry));
      const narrowed = await measure(mostPerChange, () => policies.map((policy) => narrowPolicy(policy, longName(8))));
      rows.push([name, ...[decided, scoped].flatMap(({ median, worst }) => [median, worst]), compiled.median, explained.median, contained.median, narrowed.median].map((each) => (typeof each === 'number' ? each.toFixed(2) : each)));
      for (const { median } of [decided, scoped]) if (median > mostPerDecision) slow.push(`${name}: ${median} ms`);
      for (const { median } of [compiled, explained, contained, narrowed]) if (median > mostPerChange) slow.push(`${name}: ${median} ms`);
    }
    console.log(['ms', ...rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(20) : cell.padStart(8))).join(''))].join('\n'));
    expect(slow).toEqual([]);
  }, 120_000);
});
