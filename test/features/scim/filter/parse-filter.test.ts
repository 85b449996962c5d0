import { groupResource, userResource } from '../../../../src/features/scim/attributes.ts';
import { toQuery } from '../../../../src/features/scim/filter/filter-query.ts';
import { parseFilter, parseValueFilter } from '../../../../src/features/scim/filter/parse-filter.ts';
import { enterpriseUrn, faultOf, userUrn } from '../scim-faults.ts';

const queryOf = (filter: string, type = userResource) => toQuery(parseFilter(type, filter));
const eq = (path: string, value: unknown) => ({ [path]: { $eq: value } });
const some = (condition: object) => ({ $elemMatch: { value: { $exists: true }, $and: [condition] } });

describe('a filter', () => {
  it.each([
    ['userName eq "Ann@Example.com"', eq('keys.userName', 'ann@example.com')],
    ['USERNAME EQ "ann"', eq('keys.userName', 'ann')],
    [`${userUrn}:userName eq "ann"`, eq('keys.userName', 'ann')],
    [`${userUrn.toUpperCase()}:name.givenName eq "Ann"`, eq('keys.name.givenName', 'ann')],
    [`${enterpriseUrn}:department eq "R&D"`, eq('keys.department', 'r&d')],
    ['externalId eq "A-1"', eq('keys.externalId', 'A-1')],
    ['id eq "64f0"', eq('_id', '64f0')],
    ['active eq true', eq('keys.active', true)],
    ['active ne False', { $nor: [eq('keys.active', false)] }],
    ['emails co "@example.com"', { 'keys.emails.value': { $regex: '@example\\.com' } }],
    ['userName sw "a.b*("', { 'keys.userName': { $regex: '^a\\.b\\*\\(' } }],
    ['userName ew "\\\\$"', { 'keys.userName': { $regex: '\\\\\\$$' } }],
    ['userName gt "m"', { 'keys.userName': { $gt: 'm' } }],
    ['emails pr', { 'keys.emails': { $exists: true } }],
    ['emails eq null', { $nor: [{ 'keys.emails.value': { $exists: true } }] }],
    ['displayName ne null', { 'keys.displayName': { $exists: true } }],
    ['meta.lastModified ge "2026-01-02T03:04:05+01:00"', { 'keys.meta.lastModified': { $gte: new Date('2026-01-02T02:04:05Z') } }],
    ['meta.created lt "2026-01-02T03:04:05"', { 'keys.meta.created': { $lt: new Date('2026-01-02T03:04:05Z') } }],
    ['meta.resourceType eq "User"', eq('keys.meta.resourceType', 'User')],
    ['emails[type eq "work" and not (value ew ".org")]', { 'keys.emails': some({ $and: [
      eq('type', 'work'), { $nor: [{ value: { $regex: '\\.org$' } }] },
    ] }) }],
    ['userName eq "a" or userName eq "b" and active eq true', { $or: [
      eq('keys.userName', 'a'), { $and: [eq('keys.userName', 'b'), eq('keys.active', true)] },
    ] }],
    ['(userName eq "a" OR userName eq "b") AND not(active eq true)', { $and: [
      { $or: [eq('keys.userName', 'a'), eq('keys.userName', 'b')] }, { $nor: [eq('keys.active', true)] },
    ] }],
    ['userName eq "\\"and\\u0020\\\\"', eq('keys.userName', '"and \\')],
    ['  userName   eq "a"  ', eq('keys.userName', 'a')],
  ])('%s, is a query of plain comparisons', (filter, query) => {
    expect(queryOf(filter)).toEqual(query);
  });

  it('about the members of a group, as Entra asks for them, is a query by their ids', () => {
    expect(queryOf('id eq "1" and members eq "2"', groupResource)).toEqual({ $and: [eq('_id', '1'), eq('keys.members.value', '2')] });
    expect(queryOf('members[value eq "2"]', groupResource)).toEqual({ 'keys.members': some(eq('value', '2')) });
  });

  const good = 'userName eq "ann" and emails[type eq "work"]';

  it.each([
    ['empty', ''],
    ['only a space', ' '],
    ['an unknown attribute', 'userNames eq "ann" and emails[type eq "work"]'],
    ['an attribute that is not kept', 'title eq "ann" and emails[type eq "work"]'],
    ['a secret attribute', 'password eq "ann" and emails[type eq "work"]'],
    ['a name of every object', 'constructor eq "ann" and emails[type eq "work"]'],
    ['a name of every prototype', '__proto__.userName eq "ann" and emails[type eq "work"]'],
    ['an operator of the database', '$where eq "ann" and emails[type eq "work"]'],
    ['an attribute of an extension without its URN', 'department eq "ann" and emails[type eq "work"]'],
    ['an unknown sub-attribute', 'userName.x eq "ann" and emails[type eq "work"]'],
    ['an unknown sub-attribute in brackets', 'userName eq "ann" and emails[kind eq "work"]'],
    ['the name of an attribute in brackets', 'userName eq "ann" and emails[userName eq "work"]'],
    ['brackets in brackets', 'userName eq "ann" and emails[emails[type eq "work"]]'],
    ['an unknown operator', 'userName is "ann" and emails[type eq "work"]'],
    ['no operator', 'userName "ann" and emails[type eq "work"]'],
    ['no value', 'userName eq and emails[type eq "work"]'],
    ['a value after pr', 'userName pr "ann" and emails[type eq "work"]'],
    ['a value without quotes', 'userName eq ann and emails[type eq "work"]'],
    ['a text with an open end', 'userName eq "ann and emails[type eq "work"]'],
    ['a text with simple quotes', 'userName eq \'ann\' and emails[type eq "work"]'],
    ['an escape that JSON does not have', 'userName eq "a\\x6en" and emails[type eq "work"]'],
    ['half of a surrogate pair', 'userName eq "\\ud83d" and emails[type eq "work"]'],
    ['a NUL', 'userName eq "a\\u0000" and emails[type eq "work"]'],
    ['a number for a text', 'userName eq 1 and emails[type eq "work"]'],
    ['a boolean for a text', 'userName eq true and emails[type eq "work"]'],
    ['null with an order', 'userName gt null and emails[type eq "work"]'],
    ['a text for a boolean', 'active eq "true" and emails[type eq "work"]'],
    ['an order of booleans', 'active gt true and emails[type eq "work"]'],
    ['a part of a boolean', 'active co true and emails[type eq "work"]'],
    ['no time', 'meta.created gt "yesterday" and emails[type eq "work"]'],
    ['a time that does not exist', 'meta.created gt "2026-13-02T00:00:00Z" and emails[type eq "work"]'],
    ['a part of a time', 'meta.created sw "2026-01-02T00:00:00Z" and emails[type eq "work"]'],
    ['a reference', 'meta.location eq "ann" and emails[type eq "work"]'],
    ['a complex attribute without a value', 'name eq "ann" and emails[type eq "work"]'],
    ['two connectives', 'userName eq "ann" and or emails[type eq "work"]'],
    ['a connective in quotes', 'userName eq "ann" "and" emails[type eq "work"]'],
    ['pr in quotes', 'userName "pr" and emails[type eq "work"]'],
    ['an operator in quotes', 'userName "eq" "ann" and emails[type eq "work"]'],
    ['no connective', 'userName eq "ann" emails[type eq "work"]'],
    ['a connective at the end', 'userName eq "ann" and'],
    ['an open bracket', '(userName eq "ann" and emails[type eq "work"]'],
    ['a closing bracket', 'userName eq "ann") and emails[type eq "work"]'],
    ['brackets that cross', '(userName eq "ann" and emails[type eq "work")]'],
    ['an open square bracket', 'userName eq "ann" and emails[type eq "work"'],
    ['empty square brackets', 'userName eq "ann" and emails[]'],
    ['a space before the brackets', 'userName eq "ann" and emails [type eq "work"]'],
    ['square brackets at a sub-attribute', 'userName eq "ann" and emails.value[type eq "work"]'],
    ['square brackets at a simple attribute', 'userName eq "ann" and displayName[type eq "work"]'],
    ['square brackets at a single attribute', 'userName eq "ann" and name[givenName eq "work"]'],
    ['a path behind the brackets', 'userName eq "ann" and emails[type eq "work"].value'],
    ['not without brackets', 'not userName eq "ann" and emails[type eq "work"]'],
    ['no space after a text', 'userName eq "ann"and emails[type eq "work"]'],
    ['no space before a text', 'userName eq"ann" and emails[type eq "work"]'],
    ['a line break', 'userName eq "ann"\nand emails[type eq "work"]'],
    ['a comment', 'userName eq "ann" /* */ and emails[type eq "work"]'],
  ])('with %s, is refused, and the error does not quote it', (_fault, filter) => {
    expect(() => parseFilter(userResource, good)).not.toThrow();
    const { status, scimType, message } = faultOf(() => parseFilter(userResource, filter));
    expect({ status, scimType }).toEqual({ status: 400, scimType: 'invalidFilter' });
    expect(message).not.toMatch(/\bann\b|work|userName/);
  });

  it.each([
    ['1,024 characters', (size: number) => `userName eq "${'a'.repeat(size - 14)}"`, 1_024],
    ['20 comparisons', (size: number) => Array(size).fill('id pr').join(' or '), 20],
    ['20 levels', (size: number) => `${'('.repeat(size)}id pr${')'.repeat(size)}`, 20],
    ['20 levels of not', (size: number) => `${'not ('.repeat(size)}id pr${')'.repeat(size)}`, 20],
  ])('with %s, is read, with one more refused', (_name, filterOf, limit) => {
    expect(() => parseFilter(userResource, filterOf(limit))).not.toThrow();
    expect(faultOf(() => parseFilter(userResource, filterOf(limit + 1))).scimType).toBe('invalidFilter');
  });

  it('at the limit, nested or full of escapes, is judged within 50 ms of processor time', () => {
    const started = process.cpuUsage();
    for (const filter of ['('.repeat(1_024), `userName eq "${'\\'.repeat(1_010)}`, 'not ('.repeat(204), ' '.repeat(1_024)]) {
      expect(faultOf(() => parseFilter(userResource, filter)).scimType).toBe('invalidFilter');
    }
    const { user, system } = process.cpuUsage(started);
    expect(user + system).toBeLessThan(50_000);
  });

  it('of one value, knows the sub-attributes alone', () => {
    const [emails] = userResource.schema.attributes.filter(({ name }) => name === 'emails');
    if (!emails) throw new Error('There is no such attribute.');
    expect(parseValueFilter(emails, 'type eq "work"').kind).toBe('compare');
    expect(faultOf(() => parseValueFilter(emails, 'userName eq "work"')).scimType).toBe('invalidFilter');
  });
});
