import { decide, decideUrl } from '../../src/engine/decide.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { decisionsIn } from '../../src/engine/meter.ts';
import { hostileCases } from './hostile-policies.ts';
import { registryOf } from './registries.ts';

const registry = registryOf({ auth: { '/': ['a/*path'] } });

/** How much deciding this compares, and the most that one question could. */
function measure({ policies, asked, context }: Pick<typeof hostileCases[number], 'policies' | 'asked' | 'context'>) {
  const meter = { comparisons: 0 };
  const grants = compileGrants(registry, { rights: [], policies, isSuperadmin: false });
  const lookup = registry.lookUp('GET', asked);
  if (lookup.kind === 'found') decideUrl(grants, { endpoint: lookup.endpoint, path: asked }, { ...context, meter });
  else decide(grants, { action: 'read', resource: asked }, { ...context, meter });
  return { ...meter, most: Math.max(grants.urls.maxCost, grants.resources.maxCost) };
}

describe('the meter', () => {
  it.each(hostileCases)('of $name, counts what is compared, and no more than one question may meet', (hostile) => {
    const { comparisons, most } = measure(hostile);
    expect(comparisons).toBeGreaterThan(900);
    expect(comparisons).toBeLessThanOrEqual(most);
  });

  it('of policies about other things, counts nothing', () => {
    const policies = Array.from(
      { length: 500 }, (_each, number) => ({ effect: 'allow', actions: ['read'], resources: [`other${number}`] } as const),
    );
    expect(measure({ policies, asked: 'items/1', context: { now: 0 } }).comparisons).toBe(0);
  });

  it('a decision, is one however little it compares, and as many as tens of comparisons', () => {
    expect([0, 10, 25, 1_500].map(decisionsIn)).toEqual([1, 1, 2.5, 150]);
  });
});
