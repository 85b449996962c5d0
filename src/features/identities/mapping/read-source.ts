import type { AttributeMapping, ClaimSource, SourceRule } from '../identity.types.ts';
import { commonNameOf } from './common-name.ts';

/** What a provider sent about a person: claims of a token, or attributes. */
export type Claims = Readonly<Record<string, unknown>>;

/** A value that can be mapped. Objects, null and lists in lists cannot. */
export type ClaimValue = string | number | boolean;

/** An entry of a mapping in its long form. */
export function ruleOf(entry: AttributeMapping[string]): SourceRule {
  return typeof entry === 'string' ? { from: entry } : entry;
}

/** The values of all sources of a rule, in their order. */
export function readAll(claims: Claims, rule: SourceRule | undefined): ClaimValue[] {
  return rule ? applyRule(rule, sourcesOf(rule).flatMap((source) => valuesAt(claims, source))) : [];
}

/** The values of the first source of a rule that has any. */
export function readFirst(claims: Claims, rule: SourceRule | undefined): ClaimValue[] {
  if (!rule) return [];
  for (const source of sourcesOf(rule)) {
    const values = valuesAt(claims, source);
    if (values.length > 0) return applyRule(rule, values);
  }
  return [];
}

function sourcesOf({ from }: SourceRule): readonly ClaimSource[] {
  return typeof from === 'string' ? [from] : from;
}

/**
 * Applies the parts of a rule in this order: `split` divides texts, `cn` takes the common name of distinguished names, `prefix` keeps
 * the texts that begin with it and removes it, `lower` makes letters small, and `take` takes one value.
 */
function applyRule({ split, cn, prefix, lower, take }: SourceRule, given: readonly ClaimValue[]): ClaimValue[] {
  let values = [...given];
  if (split !== undefined) values = values.flatMap((value): ClaimValue[] => (typeof value === 'string' ? parts(value, split) : [value]));
  if (cn) values = values.map(
    (value) => (typeof value === 'string' ? commonNameOf(value) : undefined),
  ).filter((name) => name !== undefined);
  if (prefix !== undefined) values = values.flatMap(
    (value) => (typeof value === 'string' && value.startsWith(prefix) ? [value.slice(prefix.length)] : []),
  );
  if (lower) values = values.map((value) => (typeof value === 'string' ? value.toLowerCase() : value));
  return take === undefined ? values : values.slice(take, take + 1);
}

function parts(text: string, separator: string): string[] {
  return text.split(separator).map((part) => part.trim()).filter((part) => part !== '');
}

/** The values at a source. One value and a list of one are the same. */
function valuesAt(claims: Claims, source: ClaimSource): ClaimValue[] {
  const found = source.startsWith('/') ? atPointer(claims, source) : ownValue(claims, source);
  return (Array.isArray(found) ? found as unknown[] : [found]).filter(isClaimValue);
}

function isClaimValue(value: unknown): value is ClaimValue {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

/** Follows a JSON Pointer (RFC 6901). */
function atPointer(claims: Claims, pointer: string): unknown {
  let value: unknown = claims;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(name) ? undefined : ownValue(value, name);
  }
  return value;
}

/** Own properties alone: a source such as `constructor` or `__proto__` finds nothing that the provider did not send. */
function ownValue(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name]; // every object can be read by names
}
