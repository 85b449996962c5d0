import { isPlainText } from '../../http/input/fields.ts';
import type { AssertedAttributes, AssertedValue } from '../users/user.model.ts';
import type { AttributeMapping, SourceRule } from './identity.types.ts';
import { defaultMappingOf } from './mapping/default-mappings.ts';
import { readAll, readFirst, ruleOf } from './mapping/read-source.ts';
import type { Claims, ClaimValue } from './mapping/read-source.ts';
import { readAddress } from './mapping/read-address.ts';
import type { AssertedAddress } from './mapping/read-address.ts';

/** A person in the words of Gatehouse, by the attribute mapping of a provider. Nothing of it is decided yet. */
export interface MappedPerson {
  readonly email: AssertedAddress;
  /** Whether the provider said, with the boolean true, that it has proved the address. */
  readonly emailVerified: boolean;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly department?: string;
  /** Sorted, each once. Empty if `hasTooManyGroups`. */
  readonly groups: readonly string[];
  /** Roles by the names of the provider. They give nothing but by a role mapping. Sorted, each once. */
  readonly roles: readonly string[];
  readonly attributes: AssertedAttributes;
  /** Whether there are more groups or roles, or longer names of them, than count. A part of them could leave out a deny. */
  readonly hasTooManyGroups: boolean;
}

/** Attributes of one person, or groups, beyond these limits do not count. */
const assertedLimits = { groups: 1_000, characters: 256, values: 100 } as const;

/** The prefix of the targets that the mapping itself names. */
const attributePrefix = 'attributes.';

/** The mapping of a provider with the defaults of its protocol, for targets that the mapping does not name. */
export function effectiveMapping({ attributeMapping, protocol }: {
  readonly attributeMapping: AttributeMapping; readonly protocol?: string;
}): AttributeMapping {
  return { ...defaultMappingOf(protocol), ...attributeMapping };
}

/** Whether a mapping asserts `department` or attributes: each login then replaces both. */
export function assertsAttributes(mapping: AttributeMapping): boolean {
  return Object.keys(mapping).some((target) => target === 'department' || target.startsWith(attributePrefix));
}

/**
 * Reads a person from the claims of a provider. It reads own properties only, and evaluates no expressions. A value of the wrong form
 * is left out, so that a condition on it is missing.
 */
export function mapPerson(mapping: AttributeMapping, claims: Claims): MappedPerson {
  const rules = new Map(Object.entries(mapping).map(([target, entry]) => [target, ruleOf(entry)]));
  const listOf = (target: string) => namesIn(readAll(claims, rules.get(target)));
  const [groups, roles] = [listOf('groups'), listOf('roles')];
  const hasTooManyGroups = !areWithinLimits(groups) || !areWithinLimits(roles);
  const names = Object.fromEntries((['username', 'firstName', 'lastName', 'department'] as const).flatMap((target) => {
    const name = nameIn(readFirst(claims, rules.get(target)));
    return name === undefined ? [] : [[target, name]];
  }));
  return {
    email: readAddress(readFirst(claims, rules.get('email'))),
    emailVerified: isTrue(claims, rules.get('emailVerified')),
    ...names,
    groups: hasTooManyGroups ? [] : groups, roles: hasTooManyGroups ? [] : roles, hasTooManyGroups,
    attributes: attributesIn(claims, rules),
  };
}

/** The subject of a person, of 1 to 255 characters without control characters; undefined if the claims have none, or several. */
export function subjectIn(mapping: AttributeMapping, claims: Claims): string | undefined {
  const [first, ...others] = readFirst(claims, ruleOf(mapping['subject'] ?? 'sub')).map(textOf);
  return others.length === 0 && first !== undefined && /^\P{Cc}{1,255}$/u.test(first) && isPlainText(first) ? first : undefined;
}

function isTrue(claims: Claims, rule: SourceRule | undefined): boolean {
  const values = readFirst(claims, rule);
  return values.length === 1 && values[0] === true;
}

function nameIn(values: readonly ClaimValue[]): string | undefined {
  const name = textOf(values[0])?.trim();
  return name !== undefined && name !== '' && Array.from(name).length <= 128 && isClean(name) ? name : undefined;
}

function namesIn(values: readonly ClaimValue[]): string[] {
  return [...new Set(values.flatMap((value) => textOf(value) ?? []).filter((name) => name !== '' && isPlainText(name)))].sort();
}

function areWithinLimits(names: readonly string[]): boolean {
  return names.length <= assertedLimits.groups && names.every((name) => Array.from(name).length <= assertedLimits.characters);
}

function attributesIn(claims: Claims, rules: ReadonlyMap<string, SourceRule>): AssertedAttributes {
  return Object.fromEntries([...rules].flatMap(([target, rule]): [string, AssertedValue][] => {
    if (!target.startsWith(attributePrefix)) return [];
    const values = readAll(claims, rule);
    const [only] = values;
    if (only === undefined || values.length > assertedLimits.values || !values.every(isStorable)) return [];
    return [[target.slice(attributePrefix.length), values.length === 1 ? only : values]];
  }));
}

function isStorable(value: ClaimValue): boolean {
  return typeof value !== 'string' || (Array.from(value).length <= assertedLimits.characters && isPlainText(value));
}

function isClean(text: string): boolean {
  return isPlainText(text) && !/\p{Cc}/u.test(text);
}

function textOf(value: ClaimValue | undefined): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;
}

