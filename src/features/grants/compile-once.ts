import { grantSetOf } from '../../engine/grants/grant.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import type { CompiledGrants } from '../../engine/grants/compiled-grants.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';

/** Makes the function that compiles what users are given: those who were read together and are given the same share the result. */
export function createCompiler(registry: UrlRegistry): (granted: readonly Grant[]) => CompiledGrants {
  const known = new WeakMap<readonly Grant[], CompiledGrants>();
  return (granted) => {
    const grants = known.get(granted) ?? compileGrants(registry, grantSetOf(granted));
    known.set(granted, grants);
    return grants;
  };
}
