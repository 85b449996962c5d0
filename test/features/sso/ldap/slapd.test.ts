import {
  contentOf, groupDn, groupEntry, personDn, personEntry, serviceDn, servicePassword, suffix,
} from '../../../peers/slapd/slapd-content.ts';
import { describeWithSlapd, startSlapd } from '../../../peers/slapd/start-slapd.ts';
import { eventually } from '../../../support/eventually.ts';
import { createLdapWorld, outcomeOf, receivedBy } from '../../../support/sso/ldap/ldap-world.ts';
import type { LdapWorldOptions } from '../../../support/sso/ldap/ldap-world.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const guid = Buffer.from('00ff102030405060708090a0b0c0d0e0', 'hex');
const content = contentOf(
  personEntry('ann', 'ann-secret', { objectGUID: [guid], memberOf: [groupDn('engineers'), groupDn('café, bar')] }),
  personEntry('bob', 'bob-secret', { mail: ['both@example.org'] }), personEntry('cleo', 'cleo-secret', { mail: ['both@example.org'] }),
  groupEntry('engineers', [personDn('ann'), groupDn('staff')], { memberOf: [groupDn('staff')] }),
  groupEntry('staff', [groupDn('engineers')], { memberOf: [groupDn('engineers'), groupDn('everybody')] }),
  groupEntry('everybody', [groupDn('staff')]), groupEntry('other', [personDn('bob')]), groupEntry('café, bar', [personDn('ann')]),
  { dn: `ou=elsewhere,${suffix}`, objectClass: ['referral', 'extensibleObject'], ref: [`ldap://127.0.0.1:1/ou=elsewhere,${suffix}`] },
);

describeWithSlapd('logins at OpenLDAP', () => {
  let slapd: Awaited<ReturnType<typeof startSlapd>>;
  beforeAll(async () => { slapd = await startSlapd(content); });

  type Options = Omit<LdapWorldOptions, 'configuration'> & { readonly configuration?: Partial<LdapWorldOptions['configuration']> };
  const worldOf = ({ configuration, ...options }: Options = {}) => createLdapWorld({
    bindPassword: servicePassword, ...options, deps: { production: true, ...options.deps }, configuration: {
      urls: [slapd.secureUrl], ca: slapd.ca, bindDn: serviceDn, baseDn: suffix, userFilter: '(&(objectClass=person)(uid={username}))',
      subjectAttribute: 'entryUUID', ...configuration,
    },
  });
  const search = { from: 'search', name: 'cn', nested: 10 } as const;

  it.each(['ldaps', 'StartTLS'])('%s in production, logs in the person with the right password alone', async (kind) => {
    const { logIn } = worldOf(kind === 'ldaps' ? {} : { configuration: { urls: [slapd.url], startTls: true } });
    expect(await logIn('ann', 'ann-secret')).toMatchObject({ ok: true, person: {
      subject: expect.stringMatching(uuid) as string, claims: { mail: 'ann@example.org', givenName: 'ann', sn: 'Person' },
    } });
    expect((await logIn('ANN', 'ann-secret')).ok).toBe(true);
    expect(outcomeOf(await logIn('ann', 'bob-secret'))).toBe('password');
    for (const name of ['dan', '*']) expect(outcomeOf(await logIn(name, 'ann-secret'))).toBe('entry');
  });

  it('empty and blank passwords, are no binds at the server', async () => {
    const { logIn } = worldOf();
    await logIn('ann', 'wrong');
    const before = slapd.bindsAs(personDn('ann'));
    expect(before).toBeGreaterThan(0);
    for (const password of ['', '\0', ' ', 'ann-secret\0']) expect(outcomeOf(await logIn('ann', password))).toBe('password-form');
    await logIn('ann', 'wrong');
    expect(slapd.bindsAs(personDn('ann'))).toBe(before + 1);
  });

  it('two entries, a referral and another service password, let nobody in', async () => {
    const both = worldOf({ configuration: { userFilter: '(mail={username})' } });
    expect(outcomeOf(await both.logIn('ann@example.org', 'ann-secret'))).toBe('in');
    expect(outcomeOf(await both.logIn('both@example.org', 'bob-secret'))).toBe('entry');
    const elsewhere = worldOf({ configuration: { baseDn: `ou=elsewhere,${suffix}` } });
    expect(receivedBy(await elsewhere.logIn('ann', 'ann-secret'))).toBe('result 10');
    expect(receivedBy(await worldOf({ bindPassword: 'wrong' }).logIn('ann', 'ann-secret'))).toBe('service-refused (49)');
  });

  it('objectGUID, is the subject as hex', async () => {
    const { logIn } = worldOf({ configuration: { subjectAttribute: 'objectGUID' } });
    expect(await logIn('ann', 'ann-secret')).toMatchObject({ ok: true, person: { subject: guid.toString('hex') } });
    expect(outcomeOf(await logIn('bob', 'bob-secret'))).toBe('subject');
  });

  it.each([
    ['search', 0, ['café, bar', 'engineers']], ['search', 1, ['café, bar', 'engineers', 'staff']],
    ['search', 10, ['café, bar', 'engineers', 'everybody', 'staff']], ['memberOf', 0, ['café, bar', 'engineers']],
    ['memberOf', 10, ['café, bar', 'engineers', 'everybody', 'staff']],
  ] as const)('nested groups with a circle, by %s over %d levels, are found once each', async (from, nested, expected) => {
    const { logIn } = worldOf({ configuration: { groups: { ...search, from, nested } } });
    const verdict = await logIn('ann', 'ann-secret');
    expect(verdict.ok && [...verdict.person.claims['groups'] as string[]].sort()).toEqual(expected);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('a restart by %s while 8 people log in all the time, gives no wrong answer', async (signal) => {
    // The breaker would pause the logins: a clock that runs fast ends each pause at once.
    let now = 0;
    const { logIn } = worldOf({ configuration: { groups: search }, deps: { clock: () => { now += 31_000; return now; } } });
    const outcomes: Record<string, number> = {};
    let isOver = false;
    const work = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const verdict = await logIn('ann', 'ann-secret');
        const outcome = verdict.ok ? `in, ${(verdict.person.claims['groups'] as string[]).length} groups` : verdict.because;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        if (!verdict.ok) await new Promise((resolve) => void setTimeout(resolve, 5));
      }
    });
    const goodOnes = () => outcomes['in, 4 groups'] ?? 0;
    await eventually(() => goodOnes() >= 16);
    await slapd.end(signal);
    await eventually(() => (outcomes['unreachable'] ?? 0) >= 8);
    await slapd.restart();
    const before = goodOnes();
    await eventually(() => goodOnes() >= before + 16);
    isOver = true;
    await Promise.all(work);
    expect(Object.keys(outcomes).sort()).toEqual(['in, 4 groups', 'unreachable']);
  });

  it('a server that hangs, ends after the time of one operation', async () => {
    const { logIn } = worldOf({ deps: { times: { connect: 100, operation: 100 } } });
    expect(outcomeOf(await logIn('ann', 'ann-secret'))).toBe('in');
    slapd.pause();
    expect(receivedBy(await logIn('ann', 'ann-secret'))).toBe('timeout');
    slapd.resume();
    expect(outcomeOf(await logIn('ann', 'ann-secret'))).toBe('in');
  });
});
