import { mapPerson, subjectIn } from '../../../../src/features/identities/attribute-mapping.ts';
import { planAccess } from '../../../../src/features/scim/transition/access-change.ts';
import type { LinkedUser } from '../../../../src/features/scim/transition/access-change.ts';
import { planGroup } from '../../../../src/features/scim/transition/group-transition.ts';
import { personOf, scimMapping } from '../../../../src/features/scim/transition/scim-person.ts';
import { planUser } from '../../../../src/features/scim/transition/user-transition.ts';
import type { ScimValues } from '../../../../src/features/scim/scim.types.ts';
import { kindOf } from '../scim-faults.ts';

const ann: ScimValues = {
  userName: 'ann', externalId: 'a-1', name: { givenName: 'Ann', familyName: 'Li' }, department: 'R&D',
  emails: [{ value: 'ann@home.example', primary: true }, { value: 'ann@work.example', type: 'work' }],
};
const linked = (change: Partial<LinkedUser['user'] & LinkedUser['identity'] & Pick<LinkedUser, 'hasOtherWay'>> = {}): LinkedUser => {
  const { isActive = true, disabledBy, disabledHere, hasOtherWay = false } = change;
  return {
    user: { isActive, ...(disabledBy !== undefined && { disabledBy }) },
    identity: { ...(disabledHere !== undefined && { disabledHere }) }, hasOtherWay,
  };
};
const off = { isActive: false, disabledBy: 'p1', disabledHere: true };

describe('the person of a user resource', () => {
  it('is read by the mapping of SCIM as those of logins are, without a claim that the address is proven', () => {
    const { subject, externalId, claims } = personOf(ann, ['eng', 'ops'], 'userName');
    expect([subject, externalId, subjectIn(scimMapping, claims)]).toEqual(['ann', 'a-1', 'ann']);
    expect(mapPerson(scimMapping, claims)).toEqual({
      email: { kind: 'plain', email: 'ann@home.example' }, emailVerified: false, username: 'ann', firstName: 'Ann', lastName: 'Li',
      department: 'R&D', groups: ['eng', 'ops'], roles: [], attributes: {}, hasTooManyGroups: false,
    });
  });

  it.each([
    ['externalId', 'a-1'], ['userName', 'ann'], ['emails.work', 'ann@work.example'],
  ] as const)('has %s as its subject', (scimSubject, subject) => {
    expect(personOf(ann, [], scimSubject).subject).toBe(subject);
    const { externalId: _id, emails: _emails, ...less } = ann;
    const longest = 'x'.repeat(255);
    const values = { ...ann, externalId: longest, userName: longest, emails: [{ value: longest, type: 'work' }] };
    expect(personOf(values, [], scimSubject).subject).toBe(longest);
    // No id, no address, and a name that is too long.
    const without = { ...less, userName: 'x'.repeat(256) };
    expect(kindOf(() => personOf(without, [], scimSubject))).toEqual({ status: 400, scimType: 'invalidValue' });
  });
});

describe('active of a resource', () => {
  it.each([
    ['nothing said', undefined, linked(), { ends: 'nothing' }],
    ['nothing said of a disabled one', undefined, linked(off), { ends: 'nothing' }],
    ['false, and no other way in', false, linked(), {
      user: { isActive: false, disabledBy: 'p1' }, identity: { disabledHere: true }, ends: 'of-user',
    }],
    ['false, and another way in', false, linked({ hasOtherWay: true }), { identity: { disabledHere: true }, ends: 'of-identity' }],
    ['false, disabled by an administrator', false, linked({ isActive: false, disabledBy: 'admin' }), {
      identity: { disabledHere: true }, ends: 'of-user',
    }],
    ['false once more', false, linked(off), { ends: 'of-user' }],
    ['true of an active one', true, linked(), { ends: 'nothing' }],
    ['true of an active one who was disabled once', true, linked({ isActive: true, disabledBy: 'p1' }), { ends: 'nothing' }],
    ['true, disabled by this provider', true, linked(off), {
      user: { isActive: true, disabledBy: undefined }, identity: { disabledHere: false }, ends: 'nothing',
    }],
    ['true, disabled by an administrator', true, linked({ ...off, disabledBy: 'admin' }),
      { identity: { disabledHere: false }, ends: 'nothing' }],
    ['true, disabled by another provider', true, linked({ ...off, disabledBy: 'p2' }),
      { identity: { disabledHere: false }, ends: 'nothing' }],
    ['true, disabled by an unknown cause', true, linked({ isActive: false, disabledHere: true }), {
      identity: { disabledHere: false }, ends: 'nothing',
    }],
    ['true, with only the identity switched off', true, linked({ disabledHere: true }),
      { identity: { disabledHere: false }, ends: 'nothing' }],
  ])('with %s, changes what the provider may decide', (_case, active, state, expected) => {
    expect(planAccess(active, state, 'p1')).toEqual(expected);
  });
});

describe('a change of a user resource', () => {
  const context = { providerId: 'p1', scimSubject: 'externalId', groups: ['eng'] } as const;
  const person = personOf(ann, ['eng'], 'externalId');

  it('that is new, provisions the person, active unless it says otherwise', () => {
    expect(planUser(context, undefined, ann)).toEqual({ kind: 'provision', person, active: true });
    expect(planUser(context, undefined, { ...ann, active: false })).toEqual({ kind: 'provision', person, active: false });
  });

  it('that is known, updates person and access', () => {
    expect(planUser(context, linked(off), { ...ann, active: true })).toEqual({
      kind: 'update', person, access: planAccess(true, linked(off), 'p1'),
    });
    expect(planUser(context, linked(off), ann)).toEqual({ kind: 'update', person, access: { ends: 'nothing' } });
  });

  it('that is deleted, takes the identity where there is another way in, and else switches it off', () => {
    const other = linked({ hasOtherWay: true });
    expect(planUser(context, other, undefined)).toEqual({ kind: 'remove', identity: 'deleted', access: planAccess(false, other, 'p1') });
    expect(planUser(context, linked(), undefined)).toEqual({
      kind: 'remove', identity: 'switched-off', access: planAccess(false, linked(), 'p1'),
    });
    expect(planUser(context, undefined, undefined)).toEqual({ kind: 'remove', identity: 'switched-off', access: { ends: 'nothing' } });
  });

  it('without a value for the subject, is refused', () => {
    const { externalId: _id, ...less } = ann;
    expect(kindOf(() => planUser(context, undefined, less))).toEqual({ status: 400, scimType: 'invalidValue' });
  });
});

describe('a change of a group resource', () => {
  const team = (displayName: string, ...ids: string[]): ScimValues => ({ displayName, members: ids.map((value) => ({ value })) });

  it.each([
    ['new', undefined, team('A', '2', '1'), { added: ['2', '1'], removed: [], affected: ['1', '2'] }],
    ['deleted', team('A', '1'), undefined, { added: [], removed: ['1'], affected: ['1'] }],
    ['with other members', team('A', '1', '2'), team('A', '2', '3'), { added: ['3'], removed: ['1'], affected: ['1', '3'] }],
    ['renamed', team('A', '1', '2'), team('B', '2', '3'), { added: ['3'], removed: ['1'], affected: ['1', '2', '3'] }],
    ['without members', { displayName: 'A' }, { displayName: 'B' }, { added: [], removed: [], affected: [] }],
    ['the same', team('A', '1'), team('A', '1'), { added: [], removed: [], affected: [] }],
  ])('that is %s, concerns those whose groups change', (_case, before, after, expected) => {
    expect(planGroup(before, after)).toEqual(expected);
  });
});
