import type { Policy } from './policy.ts';
import { literalTokens, parseResourcePattern, placesAfter, splitResource } from './resource-pattern.ts';
import type { ResourcePattern, Token } from './resource-pattern.ts';

/**
 * Restricts a policy to one resource and everything below it; null if it covers none of them.
 *
 * If the restricted pattern would be too long, an allow drops it, and a deny covers the whole resource.
 */
export function restrictPolicy(policy: Policy, resource: string): Policy | null {
  const parts = splitResource(resource);
  if (!parts) return null;
  const tokens = literalTokens(parts);
  const restricted = policy.resources.flatMap((text) => {
    const pattern = parseResourcePattern(text);
    if (pattern?.isUrl) return [];
    const texts = pattern ? below(pattern, resource, tokens) : [undefined];
    const ifTooLong = policy.effect === 'deny' ? [resource] : [];
    return texts.flatMap((each) => (each !== undefined && parseResourcePattern(each) ? [each] : ifTooLong));
  });
  return restricted.length > 0 ? { ...policy, resources: [...new Set(restricted)].sort() } : null;
}

/** Restricts a pattern to the resource: the name of the resource, followed by the rest of the pattern. */
function below(pattern: ResourcePattern, resource: string, parts: readonly Token[]): string[] {
  const reached = placesAfter(pattern, parts);
  // The place after an open `**` is covered by the place of the `**` itself.
  const places = reached & ~((reached & pattern.anys) << 1);
  const spelling = pattern.tokens.map(spelled);
  return [...spelling, ''].flatMap((_text, place) => (
    (places & (1 << place)) === 0 ? [] : [[resource, ...spelling.slice(place)].join('/').replace(/\/\*\*$/, '')]));
}

function spelled(token: Token): string {
  if (token.kind === 'literal') return token.text;
  return token.kind === 'one' ? '*' : '**';
}
