import fc from 'fast-check';
import { userResource } from '../../../../src/features/scim/attributes.ts';
import { toQuery } from '../../../../src/features/scim/filter/filter-query.ts';
import { matchesFilter } from '../../../../src/features/scim/filter/match-filter.ts';
import { parseFilter } from '../../../../src/features/scim/filter/parse-filter.ts';
import type { ScimValues } from '../../../../src/features/scim/scim.types.ts';
import { keysOf } from '../../../../src/features/scim/text-keys.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';
import { proof } from '../../../support/proof.ts';
import { enterpriseUrn } from '../scim-faults.ts';

// The oracle knows nothing of the parser: each drawn filter has its text, and a function of its own that judges a resource.
interface Drawn {
  readonly text: string;
  readonly holds: (resource: Resource) => boolean;
}
interface Email { readonly value: string; readonly type?: string; readonly primary?: boolean }
interface Resource {
  readonly userName: string;
  readonly externalId?: string;
  readonly department?: string;
  readonly name?: { readonly givenName?: string; readonly familyName?: string };
  readonly active?: boolean;
  readonly emails?: readonly Email[];
  readonly created: Date;
}

const character = fc.constantFrom('a', 'B', 'b', '.', '*', '\\', '"', '$', ')', ' ', 'é', 'É', '😀', '\uffee');
const word = fc.string({ unit: character, minLength: 1, maxLength: 3 });
const typeOfEmail = fc.constantFrom('work', 'Work', 'home');
const time = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-02T00:00:00.5Z');
const resource: fc.Arbitrary<Resource> = fc.record({
  userName: word, externalId: word, department: word, active: fc.boolean(), created: time.map((text) => new Date(text)),
  name: fc.record({ givenName: word, familyName: word }, { requiredKeys: ['givenName'] }),
  emails: fc.array(fc.record({ value: word, type: typeOfEmail, primary: fc.boolean() }, { requiredKeys: ['value'] }),
    { minLength: 1, maxLength: 3 }),
}, { requiredKeys: ['userName', 'created'] });

const present = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);
const emailsOf = ({ emails }: Resource) => emails ?? [];
const texts: Readonly<Record<string, readonly [exact: boolean, read: (from: Resource) => string[]]>> = {
  'userName': [false, ({ userName }) => [userName]],
  'externalId': [true, ({ externalId }) => present([externalId])],
  [`${enterpriseUrn}:department`]: [false, ({ department }) => present([department])],
  'name.givenName': [false, ({ name }) => present([name?.givenName])],
  'name.familyName': [false, ({ name }) => present([name?.familyName])],
  'emails': [false, (from) => emailsOf(from).map(({ value }) => value)],
  'emails.type': [false, (from) => present(emailsOf(from).map(({ type }) => type))],
};

const ordered: Readonly<Record<string, (difference: number) => boolean>> = {
  eq: (difference) => difference === 0, gt: (difference) => difference > 0, ge: (difference) => difference >= 0,
  lt: (difference) => difference < 0, le: (difference) => difference <= 0,
};
const parts: Readonly<Record<string, (value: string, operand: string) => boolean>> = {
  co: (value, operand) => value.includes(operand), sw: (value, operand) => value.startsWith(operand),
  ew: (value, operand) => value.endsWith(operand),
};
const codes = (text: string) => Array.from(text).map((each) => each.codePointAt(0) ?? 0);
function compareTexts(one: string, other: string): number {
  const [left, right] = [codes(one), codes(other)];
  const at = left.findIndex((code, index) => code !== right[index]);
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}

/** A filter of one text: of the values that `read` finds, at least one; with ne, not one that is equal. */
function judgeText(exact: boolean, operator: string, operand: string, values: readonly string[]): boolean {
  const fold = (text: string) => (exact ? text : text.toLowerCase());
  const fits = (value: string, by: string) => (
    by in parts ? parts[by]?.(fold(value), fold(operand)) : ordered[by]?.(compareTexts(fold(value), fold(operand))));
  return operator === 'ne' ? !values.some((value) => fits(value, 'eq')) : values.some((value) => fits(value, operator) === true);
}

const spelled = (name: string) => fc.constantFrom(name, name.toLowerCase(), name.toUpperCase());
const operatorOfText = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le');
const ofText: fc.Arbitrary<Drawn> = fc.constantFrom(...Object.keys(texts)).chain((name) => (
  fc.tuple(spelled(name), operatorOfText, name === 'emails.type' ? typeOfEmail : word).map(([shown, operator, operand]) => {
    const [exact, read] = texts[name] ?? [true, () => []];
    return { text: `${shown} ${operator} ${JSON.stringify(operand)}`, holds: (from) => judgeText(exact, operator, operand, read(from)) };
  })));
const ofPresence: fc.Arbitrary<Drawn> = fc.tuple(fc.constantFrom(...Object.keys(texts)), fc.constantFrom('pr', 'eq null', 'ne null'))
  .map(([name, ending]) => ({
    text: `${name} ${ending}`, holds: (from) => ((texts[name]?.[1](from).length ?? 0) > 0) === (ending !== 'eq null'),
  }));
const ofBoolean: fc.Arbitrary<Drawn> = fc.tuple(fc.constantFrom('active', 'emails.primary'), fc.constantFrom('eq', 'ne'), fc.boolean())
  .map(([name, operator, operand]) => ({
    text: `${name} ${operator} ${operand}`,
    holds(from) {
      const values = name === 'active' ? [from.active] : emailsOf(from).map(({ primary }) => primary);
      return values.includes(operand) === (operator === 'eq');
    },
  }));
const ofTime: fc.Arbitrary<Drawn> = fc.tuple(fc.constantFrom(...Object.keys(ordered)), time).map(([operator, operand]) => ({
  text: `meta.created ${operator} "${operand}"`,
  holds: ({ created }) => ordered[operator]?.(created.getTime() - new Date(operand).getTime()) === true,
}));
const ofEmail: fc.Arbitrary<Drawn> = fc.tuple(fc.constantFrom('eq', 'ne'), typeOfEmail, fc.constantFrom('and', 'or'), operatorOfText, word)
  .map(([first, type, joint, second, value]) => ({
    text: `emails[type ${first} ${JSON.stringify(type)} ${joint} not (value ${second} ${JSON.stringify(value)})]`,
    holds: (from) => emailsOf(from).some((email) => {
      const both = [judgeText(false, first, type, present([email.type])), !judgeText(false, second, value, [email.value])];
      return joint === 'and' ? both.every(Boolean) : both.some(Boolean);
    }),
  }));

const leaf = fc.oneof({ weight: 4, arbitrary: ofText }, ofPresence, ofBoolean, ofTime, { weight: 2, arbitrary: ofEmail });
// Without brackets where `and` binds before `or`, so that the parser must know it.
const fewOf = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 1, maxLength: 2 });
const chain: fc.Arbitrary<Drawn> = fewOf(fewOf(leaf)).map((alternatives) => ({
  text: alternatives.map((all) => all.map(({ text }) => text).join(' and ')).join(' or '),
  holds: (from) => alternatives.some((all) => all.every(({ holds }) => holds(from))),
}));
const bracketed = fc.tuple(chain, fc.constantFrom('and', 'or'), fc.boolean(), leaf).map(([inner, joint, isNot, other]): Drawn => ({
  text: `${isNot ? 'not ' : ''}(${inner.text}) ${joint} ${other.text}`,
  holds(from) {
    const both = [inner.holds(from) !== isNot, other.holds(from)];
    return joint === 'and' ? both.every(Boolean) : both.some(Boolean);
  },
}));
const filter: fc.Arbitrary<Drawn> = fc.oneof(chain, bracketed);

const numRuns = proof({ short: 400, ci: 4_000, full: 10_000 });
const perBatch = 100;

describe('random filters', () => {
  it('on random users, hold in memory and find in the database what an oracle says', async () => {
    const { connection } = await createDatabase();
    let found = 0;
    for (let done = 0; done < numRuns; done += perBatch) {
      const resources = fc.sample(resource, 12);
      const rows = resources.map(({ created, ...drawn }, index) => {
        const values = drawn as unknown as ScimValues; // it has the names of the table
        return { _id: String(index), keys: keysOf(userResource, { values, createdAt: created, changedAt: created }) };
      });
      const collection = connection.collection<{ _id: string }>(`users${done}`);
      await collection.insertMany(rows);
      for (const { text, holds } of fc.sample(filter, perBatch)) {
        const expected = rows.filter((_row, index) => holds(resources[index] as Resource)).map(({ _id }) => _id); // one row for each
        const parsed = parseFilter(userResource, text);
        const inMemory = rows.filter(({ keys }) => matchesFilter(parsed, keys)).map(({ _id }) => _id);
        const stored = (await collection.find(toQuery(parsed), { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
        const sorted = (ids: readonly string[]) => [...ids].sort().join();
        if (sorted(inMemory) !== sorted(expected) || sorted(stored) !== sorted(expected)) {
          const all = [expected, inMemory, stored].map(sorted).join(' | ');
          throw new Error(`${text}: oracle | in memory | stored find ${all} of ${JSON.stringify(rows)}`);
        }
        found += expected.length;
      }
    }
    console.log(`SCIM filters: ${numRuns} random filters on 12 users each, ${found} users found, 0 disagreements`);
    expect(found).toBeGreaterThan(numRuns);
  }, proof({ short: 60_000, ci: 300_000, full: 600_000 }));
});
