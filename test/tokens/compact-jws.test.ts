import { constants, createSecretKey, generateKeyPairSync, sign } from 'node:crypto';
import { parseCompact, verifyParsed } from '../../src/tokens/compact-jws.ts';
import type { JwsAlgorithm, JwsResult, JwsRules } from '../../src/tokens/compact-jws.ts';
import { encode, forgeEc, forgeHmac, join, makeEcPair } from './forge.ts';

const ec = makeEcPair();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rules: JwsRules = { key: ec.publicKey, algorithm: 'ES256' };
const header = { alg: 'ES256' };
const good = forgeEc(header, 'hello', ec.privateKey);

const verify = (token: string, { maxBytes, ...asked }: JwsRules & { maxBytes?: number }): JwsResult => {
  const parsed = parseCompact(token, maxBytes);
  return parsed ? verifyParsed(parsed, asked) : { ok: false, failure: 'malformed' };
};

const failureOf = (token: string, changed: Partial<JwsRules> & { maxBytes?: number } = {}): string => {
  const result = verify(token, { ...rules, ...changed });
  return result.ok ? 'accepted' : result.failure;
};

describe('a compact token, its form', () => {
  it('good token, gives header and payload bytes', () => {
    expect(verify(good, rules)).toEqual({ ok: true, header, payload: Buffer.from('hello') });
  });

  const [h = '', p = '', s = ''] = good.split('.');
  it.each([
    ['empty text', ''],
    ['one part', h],
    ['two parts', `${h}.${p}`],
    ['four parts', `${good}.`],
    ['five parts, as of a JWE', `${good}.a.b`],
    ['empty header', `.${p}.${s}`],
    ['leading space', ` ${good}`],
    ['line feed at the end', `${good}\n`],
    ['space inside the signature', `${h}.${p}.${s.slice(0, 5)} ${s.slice(5)}`],
    ['padding', `${good}==`],
    ['base64 instead of base64url', `${h}.${p}.${s.slice(0, -2)}+/`],
    ['foreign character in the payload', `${h}.${p}?.${s}`],
    ['lone character after whole groups of four', `${h}.${p}AA.${s}`],
    ['unused bits in the signature', `${h}.${p}.${otherTail(s)}`],
    ['full-width letters', `${h}.${p}.${'Ａ'.repeat(86)}`],
    ['JSON serialization', JSON.stringify({ protected: h, payload: p, signature: s })],
    ['header that is not JSON', join('{', 'hello', s)],
    ['header that is an array', join([], 'hello', s)],
    ['header that is null', join('null', 'hello', s)],
    ['header with alg twice', forgeEc('{"alg":"none","alg":"ES256"}', 'hello', ec.privateKey)],
  ])('%s, is malformed', (_case, token) => {
    expect(failureOf(token)).toBe('malformed');
  });

  it('token of 8192 bytes, is accepted, one byte more is malformed', () => {
    const make = (bytes: number): string => forgeEc(header, 'x'.repeat(bytes), ec.privateKey);
    const size = (8192 - make(0).length) * 3 / 4;
    const [fits, tooLong] = [make(Math.floor(size)), make(Math.floor(size) + 1)];
    expect(fits.length).toBeLessThanOrEqual(8192);
    expect(tooLong.length).toBeGreaterThan(8192);
    expect([failureOf(fits), failureOf(tooLong), failureOf(tooLong, { maxBytes: 9000 })]).toEqual(['accepted', 'malformed', 'accepted']);
  });
});

describe('a compact token, its header', () => {
  it.each([
    ['crit with an unknown name', { crit: ['exp'], exp: 1 }, 'header-unsupported'],
    ['crit, empty', { crit: [] }, 'header-unsupported'],
    ['crit, null', { crit: null }, 'header-unsupported'],
    ['b64 false', { b64: false }, 'header-unsupported'],
    ['b64 false, critical', { b64: false, crit: ['b64'] }, 'header-unsupported'],
    ['b64 true', { b64: true }, 'header-unsupported'],
    ['alg none', { alg: 'none' }, 'algorithm-wrong'],
    ['alg in lower case', { alg: 'es256' }, 'algorithm-wrong'],
    ['alg as array', { alg: ['ES256'] }, 'algorithm-wrong'],
    ['alg missing', { alg: undefined }, 'algorithm-wrong'],
    ['typ missing', {}, 'type-wrong'],
    ['typ of another case', { typ: 'AT+JWT' }, 'type-wrong'],
    ['typ with its prefix', { typ: 'application/at+jwt' }, 'type-wrong'],
    ['typ as array', { typ: ['at+jwt'] }, 'type-wrong'],
    ['typ as wanted', { typ: 'at+jwt' }, 'accepted'],
    ['unknown members that nobody must understand', { typ: 'at+jwt', foo: { bar: 1 } }, 'accepted'],
  ])('%s', (_case, changes, outcome) => {
    expect(failureOf(forgeEc({ ...header, ...changes }, 'hello', ec.privateKey), { typ: 'at+jwt' })).toBe(outcome);
  });
});

describe('a compact token, keys and algorithms', () => {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const curveOf = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;
  const algorithms: JwsAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

  const sample = (algorithm: JwsAlgorithm, payload: string): { token: string; rules: JwsRules } => {
    const hash = `sha${algorithm.slice(2)}`;
    const input = Buffer.from(`${encode({ alg: algorithm })}.${encode(payload)}`);
    if (!isCurved(algorithm)) {
      const padding = algorithm.startsWith('PS') ? pss : {};
      const token = join({ alg: algorithm }, payload, sign(hash, input, { key: rsa.privateKey, ...padding }));
      return { token, rules: { key: rsa.publicKey, algorithm } };
    }
    const pair = makeEcPair(curveOf[algorithm]);
    return { token: forgeEc({ alg: algorithm }, payload, pair.privateKey, hash), rules: { key: pair.publicKey, algorithm } };
  };
  const isCurved = (algorithm: string): algorithm is keyof typeof curveOf => algorithm in curveOf;

  const both = algorithms.flatMap((algorithm) => [[algorithm, 'hello'], [algorithm, '']] as const);

  it.each(algorithms)('%s, is accepted', (algorithm) => {
    const { token, rules: own } = sample(algorithm, 'hello');
    expect(verify(token, own)).toMatchObject({ ok: true, payload: Buffer.from('hello') });
  });

  it.each(algorithms)('%s over an empty payload, is refused: no claims are none of ours', (algorithm) => {
    const { token, rules: own } = sample(algorithm, '');
    expect(failureOf(token, own)).toBe('signature-wrong');
  });

  it.each(both)('%s over "%s" with one bit of the signature turned, is refused', (algorithm, payload) => {
    const { token, rules: own } = sample(algorithm, payload);
    expect(failureOf(turnBit(token), own)).toBe('signature-wrong');
  });

  it.each(both)('%s over "%s" without its signature, is refused', (algorithm, payload) => {
    const { token, rules: own } = sample(algorithm, payload);
    expect(failureOf(token.slice(0, token.lastIndexOf('.') + 1), own)).toBe('signature-wrong');
  });

  it.each(['hello', ''])('key of another type or curve than the pinned algorithm over "%s", is refused', (payload) => {
    for (const algorithm of algorithms.filter((name) => name !== 'ES256')) {
      const hash = `sha${algorithm.slice(2)}`;
      expect(failureOf(forgeEc({ alg: algorithm }, payload, ec.privateKey, hash), { algorithm })).toBe('signature-wrong');
      const der = sign(hash, Buffer.from(`${encode({ alg: algorithm })}.${encode(payload)}`), ec.privateKey);
      expect(failureOf(join({ alg: algorithm }, payload, der), { algorithm })).toBe('signature-wrong');
    }
  });

  it.each(['hello', ''])('PKCS #1 signature where PSS is pinned and the reverse over "%s", is refused', (payload) => {
    const swap = (claimed: JwsAlgorithm, real: JwsAlgorithm): string => {
      const input = Buffer.from(`${encode({ alg: claimed })}.${encode(payload)}`);
      const signature = sign('sha256', input, { key: rsa.privateKey, ...(real === 'PS256' ? pss : {}) });
      return failureOf(join({ alg: claimed }, payload, signature), { key: rsa.publicKey, algorithm: claimed });
    };
    expect([swap('PS256', 'RS256'), swap('RS256', 'PS256')]).toEqual(['signature-wrong', 'signature-wrong']);
  });

  it.each([
    ['HS256', 'sha256'], ['HS384', 'sha384'], ['HS512', 'sha512'],
  ])('%s with its own secret as the key, is refused even where it is asked for', (alg, hash) => {
    const secret = Buffer.alloc(64, 7);
    const asked = { key: createSecretKey(secret), algorithm: alg as JwsAlgorithm }; // no JwsAlgorithm: that is the case
    expect(failureOf(forgeHmac({ alg }, 'hello', secret, hash), asked)).toBe('signature-wrong');
  });

  it('RSA key of 1024 bits, is too weak', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const signature = sign('sha256', Buffer.from(`${encode({ alg: 'RS256' })}.${encode('hello')}`), small.privateKey);
    expect(failureOf(join({ alg: 'RS256' }, 'hello', signature), { key: small.publicKey, algorithm: 'RS256' })).toBe('key-weak');
  });

  it('private key where a public one belongs, is refused', () => {
    expect(failureOf(good, { key: ec.privateKey })).toBe('signature-wrong');
  });
});

function otherTail(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + (alphabet[alphabet.indexOf(part.slice(-1)) + 1] ?? '');
}

function turnBit(token: string): string {
  const dot = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(dot), 'base64url');
  signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
  return token.slice(0, dot) + signature.toString('base64url');
}
