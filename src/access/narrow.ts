import type { Policy } from './policy.ts';
import { literalTokens, parseResourcePattern, placesAfter, splitResource } from './resource-pattern.ts';
import type { ResourcePattern, Token } from './resource-pattern.ts';

/** What a policy says about one resource and all below it; null if it says nothing about them. */
export function narrowPolicy(policy: Policy, resource: string): Policy | null {
  const parts = splitResource(resource);
  if (!parts) return null;
  const narrowed = policy.resources.flatMap((text) => {
    const pattern = parseResourcePattern(text);
    if (!pattern) return policy.effect === 'deny' ? [resource] : [];
    return pattern.isUrl ? [] : below(pattern, parts);
  });
  return narrowed.length > 0 ? { ...policy, resources: [...new Set(narrowed)].sort() } : null;
}

/** The part of a pattern that lies at or below the resource: its parts, and what the pattern still asks for after them. */
function below(pattern: ResourcePattern, parts: readonly string[]): string[] {
  const places = placesAfter(pattern, literalTokens(parts));
  return [...pattern.tokens.keys(), pattern.tokens.length].flatMap((place) => {
    // Behind a `**` that is still open, what comes next is asked for already.
    const isAsked = place > 0 && pattern.tokens[place - 1]?.kind === 'any' && (places & (1 << (place - 1))) !== 0;
    if ((places & (1 << place)) === 0 || isAsked) return [];
    return [[...parts, ...pattern.tokens.slice(place).map(spelled)].join('/').replace(/\/\*\*$/, '')];
  });
}

function spelled(token: Token): string {
  if (token.kind === 'literal') return token.text;
  return token.kind === 'one' ? '*' : '**';
}
