import { findAttribute, findByName } from '../attribute-names.ts';
import type { Attribute, AttributeRef, ResourceType } from '../scim.types.ts';
import type { ScimFilter, ComparisonOperator } from './filter.types.ts';
import { invalidFilter, readTokens } from './filter-tokens.ts';
import type { FilterToken } from './filter-tokens.ts';
import { readOperand } from './filter-operand.ts';

const maxTerms = 20;
const maxDepth = 20;

const operators: ReadonlySet<string> = new Set<ComparisonOperator>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);

/** Finds the attribute that a word of a filter names. */
type FindInFilter = (name: string) => AttributeRef | undefined;

/**
 * Reads the filter of a query (RFC 7644, section 3.4.2.2).
 *
 * A filter has at most 1,024 characters, 20 comparisons and 20 levels of brackets. `ne` is the opposite of `eq`: a missing value fulfils
 * it. Throws `invalidFilter` (400), also for an attribute that is not in the table, and for a value of another type than the attribute.
 *
 * @example
 * parseFilter(userResource, 'emails[type eq "work" and value ew "@example.com"] or not (active eq true)');
 */
export function parseFilter(type: ResourceType, text: string): ScimFilter {
  return parse(text, (name) => {
    const found = findAttribute(type, name);
    return found.kind === 'attribute' ? found : undefined;
  });
}

/** Reads the filter of values of a multi-valued attribute, such as `type eq "work"`. Throws `invalidFilter`. */
export function parseValueFilter({ subAttributes }: Attribute, text: string): ScimFilter {
  return parse(text, findSubAttribute(subAttributes));
}

function findSubAttribute(subAttributes: readonly Attribute[]): FindInFilter {
  return (name) => {
    const attribute = findByName(subAttributes, name);
    return attribute && { attribute };
  };
}

function parse(text: string, find: FindInFilter): ScimFilter {
  const tokens = readTokens(text);
  const state: ParseState = { tokens, next: 0, terms: 0 };
  const filter = readAlternatives(state, find, 0);
  const rest = peek(state);
  if (rest.kind !== 'end') throw unexpected(rest);
  return filter;
}

interface ParseState {
  readonly tokens: readonly FilterToken[];
  next: number;
  terms: number;
}

function peek({ tokens, next }: ParseState): FilterToken {
  const token = tokens[next];
  if (!token) throw invalidFilter('The filter ends too early.');
  return token;
}

function take(state: ParseState): FilterToken {
  const token = peek(state);
  state.next += 1;
  return token;
}

function unexpected({ kind, place }: FilterToken): Error {
  return invalidFilter(kind === 'end' ? 'The filter ends too early.' : `The filter is wrong at character ${place}.`);
}

/** Takes the next token if it is this word, in any letter case. */
function takeWord(state: ParseState, word: string): boolean {
  const { kind, text } = peek(state);
  const isIt = kind === 'word' && text.toLowerCase() === word;
  if (isIt) state.next += 1;
  return isIt;
}

function takeBracket(state: ParseState, bracket: ')' | ']'): void {
  const token = take(state);
  if (token.kind !== bracket) throw unexpected(token);
}

/** `and` binds before `or`. */
function readAlternatives(state: ParseState, find: FindInFilter, depth: number): ScimFilter {
  const parts = [readConjunction(state, find, depth)];
  while (takeWord(state, 'or')) parts.push(readConjunction(state, find, depth));
  return joined('or', parts);
}

function readConjunction(state: ParseState, find: FindInFilter, depth: number): ScimFilter {
  const parts = [readTerm(state, find, depth)];
  while (takeWord(state, 'and')) parts.push(readTerm(state, find, depth));
  return joined('and', parts);
}

function joined(kind: 'and' | 'or', parts: readonly ScimFilter[]): ScimFilter {
  const [only, ...others] = parts;
  return only && others.length === 0 ? only : { kind, parts };
}

function readTerm(state: ParseState, find: FindInFilter, depth: number): ScimFilter {
  const token = take(state);
  if (token.kind === '(') return readGroup(state, find, depth);
  if (token.kind !== 'word') throw unexpected(token);
  const following = peek(state);
  if (token.text.toLowerCase() === 'not' && following.kind === '(') {
    state.next += 1;
    return { kind: 'not', part: readGroup(state, find, depth) };
  }
  const at = find(token.text);
  if (!at) throw invalidFilter(`The filter has an unknown attribute at character ${token.place}.`);
  return following.kind === '[' ? readValuePath(state, at, depth) : readComparison(state, at);
}

function readGroup(state: ParseState, find: FindInFilter, depth: number): ScimFilter {
  requireDepth(depth);
  const filter = readAlternatives(state, find, depth + 1);
  takeBracket(state, ')');
  return filter;
}

/** `emails[type eq "work"]`. Sub-attributes have no values of their own to choose from, so such brackets do not nest. */
function readValuePath(state: ParseState, at: AttributeRef, depth: number): ScimFilter {
  const bracket = take(state);
  requireDepth(depth);
  const { attribute, sub } = at;
  if (bracket.isSpaced || sub || !attribute.multiValued) throw unexpected(bracket);
  const filter = readAlternatives(state, findSubAttribute(attribute.subAttributes), depth + 1);
  takeBracket(state, ']');
  return { kind: 'some', at, filter };
}

function requireDepth(depth: number): void {
  if (depth >= maxDepth) throw invalidFilter(`The filter has more than ${maxDepth} levels of brackets.`);
}

function readComparison(state: ParseState, at: AttributeRef): ScimFilter {
  state.terms += 1;
  if (state.terms > maxTerms) throw invalidFilter(`The filter has more than ${maxTerms} comparisons.`);
  if (takeWord(state, 'pr')) return { kind: 'present', at };
  const token = take(state);
  const operator = token.text.toLowerCase();
  if (token.kind !== 'word' || !operators.has(operator)) throw unexpected(token);
  return readOperand(at, operator as ComparisonOperator, take(state)); // one of the set
}
