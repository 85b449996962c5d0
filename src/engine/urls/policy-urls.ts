import type { FieldError } from '../../errors/errors.ts';
import { everyAction } from '../policies/policy.ts';
import type { Policy } from '../policies/policy.ts';
import { overlapsPattern, parseResourcePattern } from '../policies/resource-pattern.ts';
import type { ResourcePattern } from '../policies/resource-pattern.ts';
import type { UrlRegistry } from './url-registry.ts';

/** Lists the URLs of policies that match no registered URL with one of their methods: a deny on such a URL would protect nothing. */
export function unregisteredUrls(registry: UrlRegistry, policies: readonly Policy[], field: string): FieldError[] {
  const meets = createMeets(registry);
  return policies.flatMap(({ actions, resources }, index) => resources.flatMap((resource, place): FieldError[] => {
    const pattern = resource.startsWith('/') ? parseResourcePattern(resource) : undefined;
    if (!pattern || meets(pattern, actions)) return [];
    const methods = actions.includes(everyAction) ? 'any method' : actions.join(', ');
    return [{ field: `${field}[${index}].resources[${place}]`, message: `${resource} matches no registered URL with ${methods}` }];
  }));
}

/** Creates a function that says whether a pattern covers a registered URL. */
function createMeets(registry: UrlRegistry): (pattern: ResourcePattern, actions: readonly string[]) => boolean {
  let registered: { readonly method: string; readonly pattern: ResourcePattern | undefined }[] | undefined;
  return (pattern, actions) => {
    const isAbout = (method: string) => actions.includes(everyAction) || actions.includes(method);
    // Most patterns are plain paths, which the trie finds without looking at each URL.
    const lookups = actions.map((action) => registry.lookUp(action, pattern.text));
    if (lookups.some(({ kind }) => kind === 'found')) return true;
    if (actions.includes(everyAction) && lookups.some(({ kind }) => kind === 'other-methods')) return true;
    registered ??= registry.endpoints.map(({ method, url }) => ({ method, pattern: parseResourcePattern(url) }));
    // A URL that is too long for a pattern can only match `**`.
    return registered.some(({ method, pattern: url }) => isAbout(method) && (url ? overlapsPattern(pattern, url) : pattern.anys !== 0));
  };
}
