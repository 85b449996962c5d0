import type { Policy } from './policy.ts';
import { parseResourcePattern, splitResource } from './resource-pattern.ts';
import type { ResourcePattern } from './resource-pattern.ts';

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
function below({ tokens }: ResourcePattern, parts: readonly string[]): string[] {
  let places = closure(tokens, [0]);
  for (const part of parts) {
    const next = places.flatMap((place) => {
      const token = tokens[place];
      if (token?.kind === 'any') return [place];
      return token && (token.kind === 'one' || token.text === part) ? [place + 1] : [];
    });
    places = closure(tokens, next);
  }
  // Behind a `**` that is still open, what comes next is asked for already.
  const distinct = places.filter((place) => tokens[place - 1]?.kind !== 'any' || !places.includes(place - 1));
  return distinct.map((place) => [...parts, ...tokens.slice(place).map(spelled)].join('/').replace(/\/\*\*$/, ''));
}

function spelled(token: ResourcePattern['tokens'][number]): string {
  if (token.kind === 'literal') return token.text;
  return token.kind === 'one' ? '*' : '**';
}

/** `**` may also stand for nothing. */
function closure(tokens: ResourcePattern['tokens'], places: readonly number[]): number[] {
  const all = new Set<number>();
  for (const place of places) {
    all.add(place);
    for (let at = place; tokens[at]?.kind === 'any'; at += 1) all.add(at + 1);
  }
  return [...all];
}
