import { AppError } from '../../src/errors/errors.ts';
import { createRemoteKeys } from '../../src/tokens/remote-keys.ts';
import type { RemoteKeys } from '../../src/tokens/remote-keys.ts';
import { importVerificationKey } from '../../src/tokens/verification-key.ts';
import type { VerificationKey } from '../../src/tokens/verify-token.ts';
import { jwkOf, startKeyServer } from '../verifier/key-server.ts';
import type { KeyServer } from '../verifier/key-server.ts';
import { makeEcPair } from './forge.ts';

const [first, second] = [makeEcPair(), makeEcPair()];
const seconds = 1_000;
const minutes = 60_000;

describe('createRemoteKeys', () => {
  let server: KeyServer;
  let now: number;
  let keys: RemoteKeys<VerificationKey>;
  beforeEach(async () => {
    server = await startKeyServer({ first });
    now = 1_790_000_000_000;
    keys = createRemoteKeys({
      url: new URL(server.jwksUrl), clock: () => now, fetch,
      importKey: (jwk) => [importVerificationKey(jwk)].find((key) => key?.algorithm === 'ES256'),
    });
  });
  afterEach(() => server.close());

  const codeOf = (work: Promise<unknown>): Promise<string> => work.then(
    () => 'fine', (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
  const isAway = (response: { destroy(): unknown }): void => void response.destroy();

  it('keys, once fetched, are kept for ten minutes and then fetched anew', async () => {
    await keys.freshen();
    expect(keys.verificationKey('first')).toMatchObject({ kid: 'first', algorithm: 'ES256' });
    now += 10 * minutes - 1;
    await keys.freshen();
    expect(server.asked()).toBe(1);
    now += 1;
    await keys.freshen();
    expect(server.asked()).toBe(2);
  });

  it('many requests at once, share one fetch', async () => {
    await Promise.all(Array.from({ length: 100 }, () => keys.freshen()));
    await Promise.all(Array.from({ length: 100 }, (_, index) => keys.learn(`unknown-${index}`)));
    expect(server.asked()).toBe(2);
  });

  it('new key, is learnt when it is first named; one taken away, is forgotten when keys are fetched', async () => {
    await keys.freshen();
    server.publish({ first, second });
    expect(keys.verificationKey('second')).toBeUndefined();
    expect(await keys.learn('second')).toBe(true);
    expect(await keys.learn('second')).toBe(false);
    expect([keys.verificationKey('first')?.kid, keys.verificationKey('second')?.kid]).toEqual(['first', 'second']);
    server.publish({ second });
    now += 10 * minutes;
    await keys.freshen();
    expect(keys.verificationKey('first')).toBeUndefined();
    expect(server.asked()).toBe(3);
  });

  it('made-up names of keys without end, cost ten fetches in any minute and are known to be none', async () => {
    await keys.freshen();
    const askedInMinute: number[] = [];
    for (let second = 0; second < 180; second += 1) {
      for (let time = 0; time < 5; time += 1) expect(await keys.learn(`made-up-${second}-${time}`)).toBe(false);
      askedInMinute.push(server.asked());
      now += seconds;
    }
    const inWindows = askedInMinute.map((asked, index) => asked - (askedInMinute[index - 60] ?? 0));
    expect(Math.max(...inWindows)).toBe(10);
    expect(server.asked()).toBeLessThanOrEqual(30);
  });

  it('server away, the keys count until they are ten minutes old, then nobody can tell', async () => {
    await keys.freshen();
    server.answerBy(isAway);
    now += 10 * minutes - 1;
    expect(await codeOf(keys.freshen())).toBe('fine');
    expect(await codeOf(keys.learn('second'))).toBe('keys-unreachable');
    now += 1;
    expect(await codeOf(keys.freshen())).toBe('keys-unreachable');
    server.publish({ first });
    now += 6 * seconds;
    expect(await codeOf(keys.freshen())).toBe('fine');
  });

  it('server away from the start, is asked every six seconds at most, however many ask', async () => {
    server.answerBy(isAway);
    for (let second = 0; second < 60; second += 1) {
      expect(await codeOf(keys.freshen())).toBe('keys-unreachable');
      expect(await codeOf(keys.learn('first'))).toBe('keys-unreachable');
      expect(server.asked()).toBe(1 + Math.floor(second / 6));
      now += seconds;
    }
  });

  it('clock put back, makes no key good for longer', async () => {
    await keys.freshen();
    now -= 60 * minutes;
    await keys.freshen();
    expect(server.asked()).toBe(2);
  });

  it('server that never answers, is given up after five seconds', async () => {
    server.answerBy(() => undefined);
    const started = performance.now();
    expect(await codeOf(keys.freshen())).toBe('keys-unreachable');
    expect(performance.now() - started).toBeGreaterThan(4_500);
    expect(performance.now() - started).toBeLessThan(15_000);
  }, 30_000);

  const good = jwkOf('first', first);
  const { d } = first.privateKey.export({ format: 'jwk' });
  it.each<[string, number, unknown]>([
    ['an error', 500, { keys: [good] }],
    ['no JSON', 200, '<html>'],
    ['a list', 200, [good]],
    ['no keys', 200, { keys: [] }],
    ['keys that are no objects', 200, { keys: ['first', null, 7, [good]] }],
    ['a key of another algorithm', 200, { keys: [{ ...jwkOf('first', makeEcPair('P-384')), alg: 'ES384' }] }],
    ['a secret key', 200, { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'first', alg: 'HS256', use: 'sig' }] }],
    ['a private key', 200, { keys: [{ ...good, d }] }],
    ['a key for encryption', 200, { keys: [{ ...good, use: 'enc' }] }],
    ['a point that is not on the curve', 200, { keys: [{ ...good, y: good['x'] }] }],
    ['the keys twice over', 200, `{"keys":[],"keys":[${JSON.stringify(good)}]}`],
    ['more than 64 kB', 200, { keys: [good], padding: 'x'.repeat(66_000) }],
  ])('server that answers with %s, is as good as away', async (_case, status, body) => {
    server.answerBy((response) => void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)));
    expect(await codeOf(keys.freshen())).toBe('keys-unreachable');
    expect(keys.verificationKey('first')).toBeUndefined();
  });

  it('server that sends on to another, is not followed', async () => {
    const elsewhere = await startKeyServer({ first });
    server.answerBy((response) => void response.writeHead(302, { Location: elsewhere.jwksUrl }).end());
    expect(await codeOf(keys.freshen())).toBe('keys-unreachable');
    expect(elsewhere.asked()).toBe(0);
    await elsewhere.close();
  });

  it('usable key among others, is taken alone', async () => {
    server.answerBy(
      (response) => void response.end(JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'secret', alg: 'HS256' }, good] })),
    );
    await keys.freshen();
    expect([keys.verificationKey('first')?.kid, keys.verificationKey('secret')]).toEqual(['first', undefined]);
  });
});
