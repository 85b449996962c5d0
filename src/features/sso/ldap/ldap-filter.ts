import { Filter, FilterParser } from 'ldapts';

/** The placeholders of filters. */
export type Placeholder = 'username' | 'dn';

const maxLength = 1_000;
const maxDepth = 10;

/** `attribute=value`, and the other comparisons of RFC 4515. No options of attributes, because the parser of the library knows none. */
const comparison = /^[a-z][a-z0-9-]*(?:[<>~]?=|(?::dn)?(?::[a-z0-9.-]+)?:=)(?<value>.*)$/is;

/** Text, `*`, escaped ASCII and placeholders. The library reads an escaped byte above 7f as a character, so none is accepted. */
const valueOf = (placeholder: Placeholder) => new RegExp(`^(?:\\{${placeholder}\\}|\\\\[0-7][0-9a-f]|[^(){}\\\\\\0])*$`, 'is');

/**
 * The fault of a filter (RFC 4515) with this placeholder, as the rest of a sentence; undefined if it can be used.
 *
 * It is exactly one filter, its parentheses are balanced, and the placeholder stands in values alone.
 */
export function filterFault(filter: string, placeholder: Placeholder): string | undefined {
  if (filter.length > maxLength) return `must have at most ${maxLength} characters`;
  if (!filter.includes(`{${placeholder}}`)) return `must contain {${placeholder}}`;
  const end = endOfFilter(filter, 0, valueOf(placeholder), 0);
  return end === filter.length ? undefined
    : `must be one filter with balanced parentheses, with {${placeholder}} in values and no other braces`;
}

/** Where the filter that begins at `start` ends; NaN if none begins there. */
function endOfFilter(text: string, start: number, value: RegExp, depth: number): number {
  if (text[start] !== '(' || depth > maxDepth) return NaN;
  const kind = text[start + 1];
  if (kind === '!') return endOfGroup(text, endOfFilter(text, start + 2, value, depth + 1));
  if (kind === '&' || kind === '|') {
    let end = endOfFilter(text, start + 2, value, depth + 1);
    while (text[end] === '(') end = endOfFilter(text, end, value, depth + 1);
    return endOfGroup(text, end);
  }
  const end = text.indexOf(')', start);
  const found = comparison.exec(text.slice(start + 1, Math.max(end, start)));
  return found && value.test(found.groups?.['value'] ?? '') ? end + 1 : NaN;
}

function endOfGroup(text: string, end: number): number {
  return text[end] === ')' ? end + 1 : NaN;
}

/** Puts a value into a filter without a fault. The value is escaped: it never becomes more than a part of the compared value. */
export function fillFilter(filter: string, placeholder: Placeholder, value: string): Filter {
  return FilterParser.parseString(filter.replaceAll(`{${placeholder}}`, () => Filter.escape(value)));
}
