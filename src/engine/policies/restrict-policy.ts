import type { Policy } from './policy.ts';
import { literalTokens, parseResourcePattern, placesAfter, splitResource } from './resource-pattern.ts';
import type { ResourcePattern, Token } from './resource-pattern.ts';

/**
 * What a policy says about one resource and all below it; null if it says nothing about them.
 *
 * Where what is left would be longer than a pattern may be, an allow says nothing, and a deny is about all of it.
 */
export function restrictPolicy(policy: Policy, resource: string): Policy | null {
  const parts = splitResource(resource);
  if (!parts) return null;
  const tokens = literalTokens(parts);
  const restricted = policy.resources.flatMap((text) => {
    const pattern = parseResourcePattern(text);
    if (pattern?.isUrl) return [];
    const texts = pattern ? below(pattern, resource, tokens) : [undefined];
    return texts.flatMap((each) => (each !== undefined && parseResourcePattern(each) ? [each] : policy.effect === 'deny' ? [resource] : []));
  });
  return restricted.length > 0 ? { ...policy, resources: [...new Set(restricted)].sort() } : null;
}

/** The part of a pattern that lies at or below the resource: its name, and what the pattern still asks for after it. */
function below(pattern: ResourcePattern, resource: string, parts: readonly Token[]): string[] {
  const reached = placesAfter(pattern, parts);
  // Behind a `**` that is still open, what comes next is asked for already.
  const places = reached & ~((reached & pattern.anys) << 1);
  const spelling = pattern.tokens.map(spelled);
  return [...spelling, ''].flatMap((_text, place) => (
    (places & (1 << place)) === 0 ? [] : [[resource, ...spelling.slice(place)].join('/').replace(/\/\*\*$/, '')]));
}

function spelled(token: Token): string {
  if (token.kind === 'literal') return token.text;
  return token.kind === 'one' ? '*' : '**';
}
