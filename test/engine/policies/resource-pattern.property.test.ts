import fc from 'fast-check';
import {
  coversPattern, isAtEnd, literalTokens, matchesParts, overlapsPattern, parseResourcePattern, placesAfter,
} from '../../../src/engine/policies/resource-pattern.ts';
import type { ResourcePattern } from '../../../src/engine/policies/resource-pattern.ts';
import { proof } from '../../support/proof.ts';

const numRuns = proof({ short: 1_000, ci: 6_000, full: 20_000 });

// Two patterns that overlap do so in a path no longer than both: of three parts each, in one of six.
const names = fc.array(fc.constantFrom('a', 'b', '*', '**'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const urls = fc.tuple(fc.array(fc.constantFrom('a', 'b', ':x', '*', '**'), { maxLength: 3 }), fc.constantFrom('', '/*rest', '/**')).map(
  ([parts, end]) => `/${parts.join('/')}${end}`.replace('//', '/'),
);
const pairs = fc.oneof(fc.tuple(names, names), fc.tuple(urls, urls)).map(([first, second]) => [read(first), read(second)] as const);

function read(text: string): ResourcePattern {
  const pattern = parseResourcePattern(text);
  if (!pattern) throw new Error(`${text} is no pattern`);
  return pattern;
}

/** Every path of up to 6 parts over the letters of the patterns and one that none of them names. */
const paths = [...partsUpTo(6)];
const resources = paths.filter(({ length }) => length > 0);

function* partsUpTo(length: number): Generator<string[]> {
  yield [];
  if (length > 0) for (const part of ['a', 'b', 'z']) for (const rest of partsUpTo(length - 1)) yield [part, ...rest];
}

const covered = (pattern: ResourcePattern) => paths.filter((parts) => matchesParts(pattern, parts));

describe('resource patterns', () => {
  it('any two, cover and overlap each other as the resources they match do', () => {
    let covering = 0;
    fc.assert(fc.property(pairs, ([first, second]) => {
      const [ofFirst, ofSecond] = [new Set(covered(first)), covered(second)];
      expect(overlapsPattern(first, second)).toBe(ofSecond.some((parts) => ofFirst.has(parts)));
      expect(overlapsPattern(second, first)).toBe(overlapsPattern(first, second));
      if (!coversPattern(first, second)) return;
      covering += 1;
      expect(ofSecond.every((parts) => ofFirst.has(parts))).toBe(true);
    }), { numRuns: numRuns / 10 });
    expect(covering).toBeGreaterThan(numRuns / 200);
  }, 300_000);

  it('any, covers itself, and all that it matches as a name of its own', () => {
    fc.assert(fc.property(names, fc.constantFrom(...resources), (text, parts) => {
      expect(coversPattern(read(text), read(text))).toBe(true);
      expect(coversPattern(read(text), read(parts.join('/')))).toBe(matchesParts(read(text), parts));
    }), { numRuns });
  }, 300_000);

  it('any, reaches its end with the parts that it matches and no others', () => {
    fc.assert(fc.property(fc.oneof(names, urls), fc.constantFrom(...resources), (text, parts) => {
      expect(isAtEnd(read(text), placesAfter(read(text), literalTokens(parts)))).toBe(matchesParts(read(text), parts));
    }), { numRuns });
  }, 300_000);
});
