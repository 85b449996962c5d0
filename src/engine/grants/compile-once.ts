import { grantSetOf } from './grant.ts';
import type { Grant } from './grant.ts';
import { compileGrants } from './compiled-grants.ts';
import type { CompiledGrants } from './compiled-grants.ts';
import type { UrlRegistry } from '../urls/url-registry.ts';

/** Creates the function that compiles effective grants. A list is compiled only once, so users who share a list share the result. */
export function createCompiler(registry: UrlRegistry): (granted: readonly Grant[]) => CompiledGrants {
  const known = new WeakMap<readonly Grant[], CompiledGrants>();
  return (granted) => {
    const grants = known.get(granted) ?? compileGrants(registry, grantSetOf(granted));
    known.set(granted, grants);
    return grants;
  };
}
