import type { NamedCheck } from '../../../../src/features/sso/checks.ts';
import { ldapChecks } from '../../../../src/features/sso/ldap/ldap-checks.ts';
import type { LdapConfiguration } from '../../../../src/features/sso/ldap/ldap.types.ts';
import { startFakeDirectory } from '../../../support/sso/ldap/fake-directory.ts';
import type { FakeAnswer, FakeEntry } from '../../../support/sso/ldap/fake-directory.ts';
import { createLdapWorld, outcomeOf, receivedBy } from '../../../support/sso/ldap/ldap-world.ts';

const entryUUID = '0c7d0a3e-5d3b-4a7e-9a51-3f1f5d3c9b10';
const ann: FakeEntry = {
  dn: 'uid=ann,ou=people,dc=example,dc=org',
  attributes: { entryUUID: [entryUUID], mail: ['ann@example.org', 'a@example.org'], GIVENNAME: ['Ann'], userPassword: ['{SSHA}x'] },
};
const bindDn = 'cn=service,dc=example,dc=org';

/** A directory that finds Ann, and accepts every bind. */
const directory = await startFakeDirectory({ search: () => ({ entries: [ann] }) });
const configuration = {
  urls: [`ldap://directory.test:${directory.port}`], bindDn, baseDn: 'dc=example,dc=org',
  userFilter: '(&(objectClass=person)(|(uid={username})(mail=*{username}*)))', subjectAttribute: 'entryUUID',
} as const;
const world = createLdapWorld({ configuration });

beforeEach(() => {
  directory.behaviour = { search: () => ({ entries: [ann] }) };
  directory.binds.length = 0;
  directory.searches.length = 0;
});

describe('judgeLdapLogin', () => {
  it('a name and a password that the directory accepts, give the attributes of the entry and every step', async () => {
    const verdict = await world.logIn('ann', 'right');
    expect(verdict).toEqual({
      ok: true,
      steps: ['username', 'password-form', 'search', 'entry', 'entry-name', 'subject', 'password', 'group-search', 'groups']
        .map((step) => ({ step, ok: true })),
      person: {
        realm: expect.stringMatching(/^[0-9a-f]{64}$/) as string, subject: entryUUID, hasMoreGroups: false,
        claims: { mail: ['ann@example.org', 'a@example.org'], givenName: 'Ann', subject: entryUUID, groups: [] },
      },
    });
    expect(directory.binds).toEqual([{ dn: bindDn, password: 'of the service' }, { dn: ann.dn, password: 'right' }]);
    expect(directory.searches).toMatchObject([{ sizeLimit: 2, boundAs: bindDn }]);
  });

  it.each([
    ['empty', ''], ['NUL', '\0'], ['NUL first', '\0right'], ['NUL last', 'right\0'], ['a space', ' '], ['spaces', '   '], ['a tab', '\t'],
    ['a line break', '\r\n'], ['a no-break space', '\u00a0'], ['a soft hyphen', '\u00ad'], ['a zero width space', '\u200b'],
    ['an ideographic space', '\u3000'], ['a byte order mark', '\ufeff'], ['too long', 'x'.repeat(1_025)],
  ])('password %s, is refused before any connection to a directory that accepts every bind', async (_name, password) => {
    const before = directory.connections();
    expect(outcomeOf(await world.logIn('ann', password))).toBe('password-form');
    expect([directory.connections() - before, directory.binds.length]).toEqual([0, 0]);
  });

  it('an empty password without its check, is no bind either', async () => {
    await expect(world.logIn('ann', '', { ...ldapChecks, typed: [] })).rejects.toThrow(TypeError);
    expect(directory.binds.filter(({ dn }) => dn !== bindDn)).toEqual([]);
  });

  it.each([
    ['empty', ''], ['a space', ' '], ['NUL', 'ann\0'], ['a line break', 'ann\n'], ['half a character', 'ann\ud800'],
    ['too long', 'x'.repeat(257)],
  ])('name %s, is refused before any connection', async (_name, username) => {
    const before = directory.connections();
    expect(outcomeOf(await world.logIn(username, 'right'))).toBe('username');
    expect(directory.connections() - before).toBe(0);
  });

  it('25 names that try to change the filter, leave its shape as it is', async () => {
    const names = [
      '*', '**', '(', ')', '\\', '\\2a', 'a*b', '*)(uid=*', 'ann)(objectClass=*', 'ann)(|(uid=*', '*)(|(&', 'ann))(|(uid=ann', '|', '&',
      '!', '(!(uid=ann))', ')(cn=*))(|(cn=*', 'ann\\29', '{username}', '{dn}', '$&', "$'", 'uid=ann,dc=org', 'änn*', '\u{1f600})(',
      '=', '<=a', '~=',
    ];
    expect(names.length).toBeGreaterThanOrEqual(25);
    await world.logIn('ann', 'right');
    const shape = shapeOf(directory.searches[0]?.filter, 'ann');
    for (const name of names) {
      directory.searches.length = 0;
      expect([name, outcomeOf(await world.logIn(name, 'right'))]).toEqual([name, 'in']);
      expect([name, shapeOf(directory.searches[0]?.filter, name)]).toEqual([name, shape]);
    }
  });

  it.each<[string, FakeAnswer, string]>([
    ['no entry', { entries: [] }, 'entry'],
    ['two entries', { entries: [ann, { ...ann, dn: 'uid=bob,dc=example,dc=org' }] }, 'entry'],
    ['one entry, and a limit of the directory', { entries: [ann], code: 4 }, 'entry'],
    ['an entry without a name', { entries: [{ ...ann, dn: '' }] }, 'entry-name'],
    ['an entry with the name of a mechanism', { entries: [{ ...ann, dn: 'EXTERNAL' }] }, 'entry-name'],
    ['an entry without a subject', { entries: [{ ...ann, attributes: {} }] }, 'subject'],
    ['an entry with two subjects', { entries: [{ ...ann, attributes: { entryUUID: [entryUUID, entryUUID] } }] }, 'subject'],
    ['an entry whose subject is no UUID', { entries: [{ ...ann, attributes: { entryUUID: ['ann'] } }] }, 'subject'],
    ['a referral', { code: 10 }, 'search'],
    ['a base that does not exist', { code: 32 }, 'search'],
  ])('%s, is refused, and nobody is bound', async (_name, answer, step) => {
    directory.behaviour = { search: () => answer };
    expect(outcomeOf(await world.logIn('ann', 'right'))).toBe(step);
    expect(directory.binds.filter(({ dn }) => dn !== bindDn)).toEqual([]);
  });

  it('references beside the entry, are not followed', async () => {
    const elsewhere = await startFakeDirectory();
    directory.behaviour = { search: () => ({ entries: [ann], references: [`ldap://127.0.0.1:${elsewhere.port}/dc=example,dc=org`] }) };
    expect(outcomeOf(await world.logIn('ann', 'right'))).toBe('in');
    expect(elsewhere.connections()).toBe(0);
  });

  it.each([49, 53, 19, 8, 10])('a password that the directory refuses with result %d, is refused', async (code) => {
    directory.behaviour = { ...directory.behaviour, bind: (dn) => (dn === bindDn ? 0 : code) };
    const verdict = await world.logIn('ann', 'wrong');
    expect(verdict).toMatchObject({ ok: false, because: 'refused' });
    expect([outcomeOf(verdict), receivedBy(verdict)]).toEqual(['password', `result ${code}`]);
  });

  it('the realm, is that of the directory, its base and the subject, in whatever order and letters they are written', async () => {
    const realmWith = async (change: Partial<LdapConfiguration>) => {
      const entry = { ...ann, attributes: { ...ann.attributes, objectGUID: [Buffer.alloc(16)] } };
      directory.behaviour = { search: () => ({ entries: [entry] }) };
      const verdict = await createLdapWorld({ configuration: { ...configuration, ...change } }).logIn('ann', 'right');
      return verdict.ok && verdict.person.realm;
    };
    const [url, other] = [configuration.urls[0], `ldap://other.test:${directory.port}`];
    const realm = await realmWith({});
    expect(await realmWith({ baseDn: 'DC=Example, dc=org', bindDn: 'cn=other,dc=org' })).toBe(realm);
    expect(await realmWith({ urls: [other, url] })).toBe(await realmWith({ urls: [url, other] }));
    expect(await realmWith({ urls: [url, other], serverName: 'a.test' })).toBe(await realmWith({ serverName: 'a.test' }));
    const others: readonly Partial<LdapConfiguration>[] = [
      { urls: [other] }, { urls: [url, other] }, { baseDn: 'dc=org' }, { subjectAttribute: 'objectGUID' }, { serverName: 'a.test' },
    ];
    expect(new Set([realm, ...await Promise.all(others.map(realmWith))]).size).toBe(6);
  });

  it('objectGUID, is the subject as hex, also if its bytes are text', async () => {
    const guid = Buffer.from('0123456789abcdef');
    const other = createLdapWorld({ configuration: { ...configuration, subjectAttribute: 'objectGUID' } });
    directory.behaviour = { search: () => ({ entries: [{ ...ann, attributes: { objectGUID: [guid] } }] }) };
    expect(await other.logIn('ann', 'right')).toMatchObject({ ok: true, person: { subject: guid.toString('hex') } });
    directory.behaviour = { search: () => ({ entries: [{ ...ann, attributes: { objectGUID: [guid.subarray(1)] } }] }) };
    expect(outcomeOf(await other.logIn('ann', 'right'))).toBe('subject');
  });
});

/** A login that is good but for one thing, and what it meets without the check of its step. */
const cases: readonly (readonly [name: string, step: string, without: string, change: {
  readonly username?: string; readonly password?: string; readonly answer?: FakeAnswer; readonly groups?: FakeAnswer;
}])[] = [
  ['a name with a line break', 'username', 'in', { username: 'ann\n' }],
  ['a blank password', 'password-form', 'in', { password: ' ' }],
  ['an empty password', 'password-form', 'TypeError', { password: '' }],
  ['two entries', 'entry', 'in', { answer: { entries: [ann, { ...ann, dn: 'uid=bob,dc=example,dc=org' }] } }],
  ['a part of the entries', 'entry', 'in', { answer: { entries: [ann], code: 4 } }],
  ['an entry with NUL in its name', 'entry-name', 'in', { answer: { entries: [{ ...ann, dn: 'uid=ann\0,dc=org' }] } }],
  ['an entry without a name', 'entry-name', 'TypeError', { answer: { entries: [{ ...ann, dn: '' }] } }],
  ['an entry without a subject', 'subject', 'groups', { answer: { entries: [{ ...ann, attributes: {} }] } }],
  ['a part of the groups', 'groups', 'in', { groups: { entries: [{ dn: 'cn=a', attributes: {} }], code: 4 } }],
];

describe('each check of a login', () => {
  const withGroups = createLdapWorld({ configuration: { ...configuration, groups: { from: 'search', name: 'cn', nested: 0 } } });
  const without = (step: string): typeof ldapChecks => Object.fromEntries(Object.entries(ldapChecks).map(
    ([name, list]) => [name, (list as readonly NamedCheck<never>[]).filter((check) => check.step !== step)],
  )) as unknown as typeof ldapChecks; // the same lists, shorter

  it.each(cases)('%s, is refused at %s, without it meets %s, and the good case gets in', async (_name, step, second, change) => {
    const good = { username: 'ann', password: 'right', answer: { entries: [ann] }, groups: { entries: [{ dn: 'cn=a', attributes: {} }] } };
    const logIn = (changed: typeof change, checks = ldapChecks) => {
      const { username, password, answer, groups } = { ...good, ...changed };
      directory.behaviour = { search: ({ sizeLimit }) => (sizeLimit === 2 ? answer : groups) };
      return withGroups.logIn(username, password, checks).then(outcomeOf, (error: unknown) => (error as Error).name);
    };
    expect(await logIn({})).toBe('in');
    expect(await logIn(change)).toBe(step);
    expect(await logIn(change, without(step))).toBe(second);
  });

  it('has a case that needs it', () => {
    const steps = Object.values(ldapChecks).flatMap((list): readonly { readonly step: string }[] => list).map(({ step }) => step);
    expect(steps.filter((step) => !cases.some(([, refusedAt, second]) => refusedAt === step && second !== step))).toEqual([]);
  });
});

/** The filter without the value of a name. The lengths around it differ with the length of the name, so they are left out. */
function shapeOf(filter: Buffer | undefined, name: string): unknown {
  function partsOf(bytes: Buffer): unknown[] {
    const parts: unknown[] = [];
    for (let offset = 0; offset < bytes.length;) {
      const [tag = 0, first = 0] = bytes.subarray(offset);
      const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
      const length = first < 0x80 ? first : bytes.readUIntBE(offset + 2, first & 0x7f);
      const content = bytes.subarray(offset + header, offset + header + length);
      // Constructed parts have parts of their own (X.690 section 8.1.2.5).
      parts.push([tag, (tag & 0x20) === 0 ? content.toString().replace(name, '(name)') : partsOf(content)]);
      offset += header + length;
    }
    return parts;
  }
  return partsOf(filter ?? Buffer.alloc(0));
}
