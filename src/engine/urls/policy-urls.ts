import type { FieldError } from '../../errors/errors.ts';
import { everyAction } from '../policies/policy.ts';
import type { Policy } from '../policies/policy.ts';
import { overlapsPattern, parseResourcePattern } from '../policies/resource-pattern.ts';
import type { ResourcePattern } from '../policies/resource-pattern.ts';
import type { UrlRegistry } from './url-registry.ts';

/** Names each URL of policies that meets no registered URL with one of its methods: a deny on it would look like a protection and be none. */
export function unregisteredUrls(registry: UrlRegistry, policies: readonly Policy[], field: string): FieldError[] {
  const meets = createMeets(registry);
  return policies.flatMap(({ actions, resources }, index) => resources.flatMap((resource, place): FieldError[] => {
    const pattern = resource.startsWith('/') ? parseResourcePattern(resource) : undefined;
    if (!pattern || meets(pattern, actions)) return [];
    return [{ field: `${field}[${index}].resources[${place}]`, message: `${resource} meets no registered URL with ${actions.includes(everyAction) ? 'any method' : actions.join(', ')}` }];
  }));
}

/** Tells whether a registered URL lies in what a pattern covers. */
function createMeets(registry: UrlRegistry): (pattern: ResourcePattern, actions: readonly string[]) => boolean {
  let registered: { readonly method: string; readonly pattern: ResourcePattern | undefined }[] | undefined;
  return (pattern, actions) => {
    const isAbout = (method: string) => actions.includes(everyAction) || actions.includes(method);
    // Most are plain paths, which the index finds without a look at each URL.
    const lookups = actions.map((action) => registry.lookUp(action, pattern.text));
    if (lookups.some(({ kind }) => kind === 'found') || (actions.includes(everyAction) && lookups.some(({ kind }) => kind === 'other-methods'))) return true;
    registered ??= registry.endpoints.map(({ method, url }) => ({ method, pattern: parseResourcePattern(url) }));
    // A URL that is too long to be a pattern is met by `**` alone.
    return registered.some(({ method, pattern: url }) => isAbout(method) && (url ? overlapsPattern(pattern, url) : pattern.anys !== 0));
  };
}
