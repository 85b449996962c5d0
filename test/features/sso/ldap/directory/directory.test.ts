import { ProtocolOperation } from 'ldapts';
import { PassThrough } from 'node:stream';
import { breakerTime } from '../../../../../src/features/sso/ldap/directory/breaker.ts';
import { createMessageStream } from '../../../../../src/features/sso/ldap/directory/message-stream.ts';
import { eventually } from '../../../../support/eventually.ts';
import { createAuthority } from '../../../../support/sso/ldap/certificates.ts';
import { entryOf, result, startFakeDirectory } from '../../../../support/sso/ldap/fake-directory.ts';
import type { Behaviour, FakeDirectory, FakeEntry } from '../../../../support/sso/ldap/fake-directory.ts';
import { createLdapWorld, outcomeOf, receivedBy } from '../../../../support/sso/ldap/ldap-world.ts';
import type { LdapWorldOptions } from '../../../../support/sso/ldap/ldap-world.ts';

const name = 'directory.test';
const bindDn = 'cn=service,dc=example,dc=org';
const ann: FakeEntry = { dn: 'uid=ann,dc=example,dc=org', attributes: { entryUUID: ['0c7d0a3e-5d3b-4a7e-9a51-3f1f5d3c9b10'] } };
/** As a directory that shows nothing to anonymous readers. */
const finds: Behaviour = { search: ({ boundAs }) => ({ entries: boundAs === bindDn ? [ann] : [] }) };

type Options = Omit<LdapWorldOptions, 'configuration'> & { readonly configuration?: Partial<LdapWorldOptions['configuration']> };

function worldOf(directories: readonly FakeDirectory[], { configuration, ...options }: Options = {}) {
  return createLdapWorld({
    ...options, configuration: {
      urls: directories.map(({ port }) => `ldap://${name}:${port}`), bindDn, baseDn: 'dc=example,dc=org', userFilter: '(uid={username})',
      subjectAttribute: 'entryUUID', ...configuration,
    },
  });
}

describe('createDirectory', () => {
  it('20 logins at a time, use at most 4 connections of the service, which are kept for later ones', async () => {
    const directory = await startFakeDirectory(finds);
    const { logIn } = worldOf([directory]);
    for (let round = 0; round < 2; round += 1) {
      const verdicts = await Promise.all(Array.from({ length: 20 }, () => logIn('ann', 'right')));
      expect(verdicts.map(outcomeOf)).toEqual(Array.from({ length: 20 }, () => 'in'));
    }
    expect(directory.binds.filter(({ dn }) => dn === bindDn).length).toBeLessThanOrEqual(4);
    expect(directory.binds.filter(({ dn }) => dn === ann.dn)).toHaveLength(40);
  });

  it('a connection that nobody uses, is closed', async () => {
    const directory = await startFakeDirectory(finds);
    const { logIn, connections, provider } = worldOf([directory], { deps: { times: { idle: 20 } } });
    await logIn('ann', 'right');
    await new Promise((resolve) => void setTimeout(resolve, 60));
    await logIn('ann', 'right');
    expect(directory.binds.filter(({ dn }) => dn === bindDn)).toHaveLength(2);
    connections.forget(provider._id);
    await logIn('ann', 'right');
    expect(directory.binds.filter(({ dn }) => dn === bindDn)).toHaveLength(3);
  });

  it('an empty or refused answer on a kept connection, is asked for once more on a new one', async () => {
    const directory = await startFakeDirectory(finds);
    const { logIn } = worldOf([directory]);
    for (const answer of [{ entries: [] }, { code: 32 }, { code: 50 }]) {
      await logIn('ann', 'right');
      let searched = 0;
      directory.behaviour = { search: (search) => { searched += 1; return searched === 1 ? answer : finds.search?.(search) ?? {}; } };
      expect(outcomeOf(await logIn('ann', 'right'))).toBe('in');
      expect(searched).toBe(2);
    }
  });

  it('an empty answer on a new connection, is believed', async () => {
    const directory = await startFakeDirectory({ search: () => ({ entries: [] }) });
    const verdict = await worldOf([directory]).logIn('ann', 'right');
    expect([verdict.ok ? '' : verdict.because, outcomeOf(verdict), directory.searches.length]).toEqual(['refused', 'entry', 1]);
  });

  it('kept connections that the directory closed, are replaced by ones of the service, never by anonymous ones', async () => {
    const directory = await startFakeDirectory(finds);
    const { logIn } = worldOf([directory]);
    await Promise.all(Array.from({ length: 4 }, () => logIn('ann', 'right')));
    directory.hangUp();
    const verdicts = await Promise.all(Array.from({ length: 4 }, () => logIn('ann', 'right')));
    expect(verdicts.map(outcomeOf)).toEqual(['in', 'in', 'in', 'in']);
    expect(directory.searches.filter(({ boundAs }) => boundAs !== bindDn)).toEqual([]);
  });

  it('an address that does not answer, is replaced by the next one, which is asked first from then on', async () => {
    const authority = createAuthority();
    const deaf = await startFakeDirectory({ isDeaf: true });
    const alive = await startFakeDirectory({ ...finds, certificate: authority.issue(name) }, { tls: true });
    const urls = [1, deaf.port, alive.port].map((port) => `ldaps://${name}:${port}`);
    const { logIn } = worldOf([], { configuration: { urls, ca: authority.certificate }, deps: { times: { connect: 100 } } });
    for (let round = 0; round < 3; round += 1) expect(outcomeOf(await logIn('ann', 'right'))).toBe('in');
    expect(deaf.connections()).toBe(1);
    const without = worldOf([], { configuration: { urls: urls.slice(0, 2) }, deps: { times: { connect: 100 } } });
    expect(receivedBy(await without.logIn('ann', 'right'))).toBe('unreachable (ECONNREFUSED)');
  });

  it('a directory that hangs, ends after its time; two failures spare it for 30 s, and then one login tries', async () => {
    let now = 1_790_000_000_000;
    const directory = await startFakeDirectory({ ...finds, search: () => null });
    const { logIn } = worldOf([directory], { deps: { times: { operation: 50 }, clock: () => now } });
    const received = async () => receivedBy(await logIn('ann', 'right'));
    expect([await received(), await received(), await received()]).toEqual(['timeout', 'timeout', 'paused']);
    now += breakerTime - 1;
    const before = directory.connections();
    expect(await received()).toBe('paused');
    expect(directory.connections()).toBe(before);
    now += 1;
    expect((await Promise.all([received(), received(), received()])).sort()).toEqual(['paused', 'paused', 'timeout']);
    directory.behaviour = finds;
    expect(await received()).toBe('paused');
    now += breakerTime;
    expect(outcomeOf(await logIn('ann', 'right'))).toBe('in');
    expect(outcomeOf(await logIn('ann', 'right'))).toBe('in');
  });

  it('a failure between two successes, spares nobody, and neither does a wrong password', async () => {
    const directory = await startFakeDirectory(finds);
    const { logIn } = worldOf([directory]);
    for (let round = 0; round < 2; round += 1) {
      directory.behaviour = { ...finds, bind: (dn) => (dn === ann.dn ? 52 : 0) };
      expect(await logIn('ann', 'right')).toMatchObject({ ok: false, because: 'unreachable' });
      directory.behaviour = { ...finds, bind: (dn) => (dn === ann.dn ? 49 : 0) };
      for (let wrong = 0; wrong < 3; wrong += 1) expect(outcomeOf(await logIn('ann', 'wrong'))).toBe('password');
    }
    directory.behaviour = finds;
    expect(outcomeOf(await logIn('ann', 'right'))).toBe('in');
  });

  it('a directory that closes the connection behind a refusal, has refused', async () => {
    const directory = await startFakeDirectory({ ...finds, bind: (dn) => (dn === ann.dn ? 49 : 0), closesAfterRefusal: true });
    const { logIn } = worldOf([directory]);
    for (let round = 0; round < 3; round += 1) expect(receivedBy(await logIn('ann', 'wrong'))).toBe('result 49');
  });

  it('the connection of a person, is closed at once, and those of the service with the provider, also if they are in use', async () => {
    const directory = await startFakeDirectory(finds);
    const { logIn, connections, provider } = worldOf([directory]);
    await logIn('ann', 'right');
    await eventually(() => directory.open() === 1);
    await connections.of(provider).ask(() => {
      connections.forget(provider._id);
      return Promise.resolve({ value: null, isCertain: true });
    });
    await eventually(() => directory.open() === 0);
  });

  it('a fault of our own on a kept connection, is no failure of the directory', async () => {
    const directory = await startFakeDirectory(finds);
    const { logIn, connections, provider } = worldOf([directory]);
    await logIn('ann', 'right');
    let asked = 0;
    await expect(connections.of(provider).ask(() => { asked += 1; throw new RangeError(); })).rejects.toThrow(RangeError);
    expect(asked).toBe(1);
  });

  it('a service account that is refused, is no answer about a person', async () => {
    const directory = await startFakeDirectory({ ...finds, bind: (dn) => (dn === bindDn ? 49 : 0) });
    const { logIn } = worldOf([directory]);
    const verdict = await logIn('ann', 'right');
    expect(verdict).toMatchObject({ ok: false, because: 'unreachable' });
    expect(receivedBy(verdict)).toBe('service-refused (49)');
    await Promise.all(Array.from({ length: 5 }, () => logIn('ann', 'right')));
    await logIn('ann', 'right');
    const before = directory.binds.length;
    await logIn('ann', 'right');
    expect(directory.binds.length).toBe(before);
    expect(receivedBy(await worldOf([directory], { bindPassword: '' }).logIn('ann', 'right'))).toBe('service-refused (NO_PASSWORD)');
  });
});

describe('openSocket', () => {
  it.each(['127.0.0.1', '[::1]', '127.1', 'localhost', name])('%s outside of the listed networks, gets no connection', async (host) => {
    const directory = await startFakeDirectory(finds);
    const configuration = { urls: [`ldaps://${host}:${directory.port}`] };
    const { logIn } = worldOf([directory], { networks: [], configuration });
    expect(receivedBy(await logIn('ann', 'right'))).toBe('address-not-allowed');
    const plain = worldOf([directory], { networks: [], configuration: { urls: [`ldap://${host}:${directory.port}`] } });
    expect(receivedBy(await plain.logIn('ann', 'right'))).toBe('address-not-allowed');
    expect(directory.connections()).toBe(0);
  });

  it('a name that is private the second time it is resolved, is connected to by the address that was checked', async () => {
    let resolved = 0;
    const directory = await startFakeDirectory(finds);
    const { logIn } = worldOf([directory], { resolve: () => {
      resolved += 1;
      return Promise.resolve([{ address: resolved === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    } });
    await logIn('ann', 'right');
    expect(resolved).toBe(2); // one of the service, and one of the person, which is refused
    expect(directory.connections()).toBe(1);
  });

  const authority = createAuthority();
  const certificate = authority.issue(name);
  const ca = authority.certificate;
  const expired = authority.issue(name, { from: new Date(Date.now() - 2e8), until: new Date(Date.now() - 1e8) });

  describe.each([
    ['ldaps', { tls: true }, {}], ['StartTLS', { tls: false }, { startTls: true }],
  ] as const)('%s', (kind, options, startTls) => {
    it('the right certificate, is accepted; another name, another authority, an expired one and no encryption are not', async () => {
      const directory = await startFakeDirectory({ ...finds, certificate }, options);
      const scheme = kind === 'ldaps' ? 'ldaps' : 'ldap';
      const urls = [`${scheme}://${name}:${directory.port}`];
      const byAddress = `${scheme}://127.0.0.1:${directory.port}`;
      const logIn = async (changes: Partial<LdapWorldOptions['configuration']>, world: Options = {}) => {
        const { logIn: judge } = worldOf([directory], { ...world, configuration: { urls, ...startTls, ca, ...changes } });
        const verdict = await judge('ann', 'right');
        return verdict.ok ? 'in' : receivedBy(verdict);
      };
      const production = { deps: { production: true } };
      expect(await logIn({}, production)).toBe('in');
      expect(await logIn({ urls: [byAddress], serverName: name }, production)).toBe('in');
      expect(new Set(directory.serverNames)).toEqual(new Set([name]));
      const bound = directory.binds.length;
      expect(await logIn({ serverName: 'other.test' })).toBe('tls (ERR_TLS_CERT_ALTNAME_INVALID)');
      expect(await logIn({ urls: [byAddress] })).toBe('tls (ERR_TLS_CERT_ALTNAME_INVALID)');
      expect(await logIn({ ca: createAuthority('Other').certificate })).toBe('tls (UNABLE_TO_VERIFY_LEAF_SIGNATURE)');
      directory.behaviour = { ...directory.behaviour, certificate: expired };
      expect(await logIn({})).toBe('tls (CERT_HAS_EXPIRED)');
      directory.behaviour = { ...directory.behaviour, certificate };
      const before = directory.connections();
      expect(await logIn({ urls: [`ldap://${name}:${directory.port}`], startTls: false }, production)).toBe('address-not-allowed (PLAIN_LDAP)');
      expect([directory.connections() - before, directory.binds.length - bound]).toEqual([0, 0]);
    });
  });

  it.each<[string, NonNullable<Behaviour['startTls']>]>([
    ['a directory that does not know StartTLS', { code: 2 }],
    ['an answer with another one behind it', { behind: result(2, ProtocolOperation.LDAP_RES_BIND, 0) }],
    ['an answer with a part of another one behind it', { behind: Buffer.from([0x30]) }],
  ])('%s, is sent no password', async (_name, startTls) => {
    const directory = await startFakeDirectory({ ...finds, certificate, startTls });
    const { logIn } = worldOf([directory], { configuration: { startTls: true, ca } });
    expect(receivedBy(await logIn('ann', 'right'))).toMatch(/^tls /);
    expect(directory.binds).toEqual([]);
  });

  it('a directory that closes the connection before it is encrypted, is unreachable', async () => {
    const directory = await startFakeDirectory({ isDeaf: true });
    const { logIn } = worldOf([directory], { configuration: { urls: [`ldaps://${name}:${directory.port}`] } });
    const verdict = logIn('ann', 'right');
    await eventually(() => directory.open() === 1);
    directory.hangUp();
    expect(await verdict).toMatchObject({ ok: false, because: 'unreachable' });
  });

  it('a directory that accepts connections and says nothing, ends after the time to connect', async () => {
    const silent = await startFakeDirectory({ isDeaf: true });
    const { logIn } = worldOf([silent], { configuration: { urls: [`ldaps://${name}:${silent.port}`] }, deps: { times: { connect: 50 } } });
    expect(receivedBy(await logIn('ann', 'right'))).toBe('timeout');
  });
});

describe('createMessageStream', () => {
  const done = (id: number) => result(id, ProtocolOperation.LDAP_RES_SEARCH, 0);
  const nothing = result(1_000, ProtocolOperation.LDAP_RES_BIND, 0);

  it('messages in single bytes, are handed over whole, one at a time', async () => {
    const sent = [entryOf(2, ann), done(2), result(3, ProtocolOperation.LDAP_RES_BIND, 49)];
    const read = async (chunks: Iterable<Buffer>) => {
      const socket = new PassThrough();
      const stream = createMessageStream(socket as never, () => undefined); // it reads from it, and writes to it
      const messages: string[] = [];
      stream.on('data', (message: Buffer) => messages.push(message.toString('hex')));
      for (const chunk of chunks) socket.write(chunk);
      await eventually(() => messages.length === sent.length);
      return messages;
    };
    const whole = await read(sent);
    expect(await read([...Buffer.concat(sent)].map((byte) => Buffer.from([byte])))).toEqual(whole);
    expect(await read([Buffer.concat(sent)])).toEqual(whole);
  });

  it('an answer behind 20,000 answers to nothing, is read', async () => {
    const raw = (id: number) => Buffer.concat([
      ...Array.from({ length: 20_000 }, () => nothing), entryOf(id, ann), done(id),
    ]);
    const directory = await startFakeDirectory({ ...finds, raw });
    expect(outcomeOf(await worldOf([directory]).logIn('ann', 'right'))).toBe('in');
  });

  it.each<[string, (id: number) => Buffer, string]>([
    ['more than 1 MB', (id) => entryOf(id, { dn: ann.dn, attributes: { jpegPhoto: [Buffer.alloc(2_000_000)] } }), 'too-large'],
    ['1 MB of answers to nothing', () => Buffer.concat(Array.from({ length: 40_000 }, () => nothing)), 'too-large'],
    ['no message', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol'],
    ['an unknown operation', (id) => Buffer.from([0x30, 5, 2, 1, id, 0x7f, 0]), 'protocol'],
    ['a length behind the message', (id) => Buffer.from([0x30, 12, 2, 1, id, 0x64, 7, 4, 1, 0x61, 0x30, 0x82, 0xff, 0xff]), 'protocol'],
    ['a set behind its entry', (id) => Buffer.from([0x30, 16, 2, 1, id, 0x64, 11, 4, 1, 0x61, 0x30, 6, 0x30, 4, 4, 0, 0x31, 9]),
      'protocol'],
    ['an attribute that is cut off', (id) => Buffer.from([0x30, 11, 2, 1, id, 0x64, 6, 4, 1, 0x61, 0x30, 1, 0x30]), 'protocol'],
    ['an indefinite length', () => Buffer.from([0x30, 0x80, 2, 1]), 'protocol'],
  ])('%s, ends the connection, and nothing else', async (_name, raw, reason) => {
    const directory = await startFakeDirectory({ ...finds, raw });
    const { logIn } = worldOf([directory], { deps: { times: { operation: 2_000 } } });
    expect(receivedBy(await logIn('ann', 'right'))).toBe(reason);
    directory.behaviour = finds;
    expect(outcomeOf(await logIn('ann', 'right'))).toBe('in');
  });
});
