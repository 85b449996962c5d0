import { holdingsOf } from '../access/given.ts';
import type { Given } from '../access/given.ts';
import { compileGrants } from '../access/grants.ts';
import type { Grants } from '../access/grants.ts';
import type { UrlRegistry } from '../access/url-registry.ts';

/** Makes the function that compiles what users are given: those who were read together and are given the same share the result. */
export function createCompiler(registry: UrlRegistry): (given: readonly Given[]) => Grants {
  const known = new WeakMap<readonly Given[], Grants>();
  return (given) => {
    const grants = known.get(given) ?? compileGrants(registry, holdingsOf(given));
    known.set(given, grants);
    return grants;
  };
}
