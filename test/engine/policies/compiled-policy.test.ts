import { compilePolicy, covers } from '../../../src/engine/policies/compiled-policy.ts';
import { splitResource } from '../../../src/engine/policies/resource-pattern.ts';

describe('a compiled policy', () => {
  const compiled = compilePolicy({ effect: 'allow', actions: ['read'], resources: ['notes/*', 'files', '/notes/*'] });
  const isCovered = (action: string, resource: string) => covers(compiled, action, splitResource(resource) ?? []);

  it('of several resources, covers each of them, for its action alone', () => {
    expect(['notes/7', 'files', 'plans'].map((resource) => isCovered('read', resource))).toEqual([true, true, false]);
    expect(['notes/7', 'files'].map((resource) => isCovered('update', resource))).toEqual([false, false]);
  });
});
