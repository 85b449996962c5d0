import { holdingsOf } from '../../engine/grants/grant.ts';
import type { Given } from '../../engine/grants/grant.ts';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import type { Grants } from '../../engine/grants/compiled-grants.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';

/** Makes the function that compiles what users are given: those who were read together and are given the same share the result. */
export function createCompiler(registry: UrlRegistry): (given: readonly Given[]) => Grants {
  const known = new WeakMap<readonly Given[], Grants>();
  return (given) => {
    const grants = known.get(given) ?? compileGrants(registry, holdingsOf(given));
    known.set(given, grants);
    return grants;
  };
}
