import { once } from 'node:events';
import { createAccessTokens } from '../../src/tokens/access-token.ts';
import type { VerifierOptions } from '../../src/verifier/verifier.ts';
import { createVerifier } from '../../src/verifier/verifier.ts';
import { createLogBook } from '../http/route/serve.ts';
import { audience, goodSubject, issuer, keyRing, makeEcPair, settingsOf } from '../tokens/forge.ts';
import { startKeyServer } from './key-server.ts';
import type { KeyServer } from './key-server.ts';

const [first, second] = [makeEcPair(), makeEcPair()];

describe('a verifier that is set up for another Gatehouse', () => {
  let keys: KeyServer;
  let now: number;
  const log = createLogBook();
  beforeEach(async () => {
    now = 1_790_000_000_000;
    log.lines.length = 0;
    keys = await startKeyServer({ first });
  });
  afterEach(() => keys.close());

  const verifierOf = (options: Partial<VerifierOptions>) => createVerifier(
    { issuer, audience, jwksUrl: keys.jwksUrl, clock: () => now, logger: log, ...options },
  );
  const sign = (pair: Record<string, typeof first> = { first }) =>
    createAccessTokens(settingsOf(keyRing(pair), { clock: () => now })).sign({ ...goodSubject, permissions: [], policies: [] }).token;
  const messages = () => log.lines.map((line) => (line as { err: Error }).err.message); // what the verifier writes

  /** Verifies a token three times, each some seconds after the other. */
  async function refuse(options: Partial<VerifierOptions>, token: string): Promise<void> {
    const verifier = verifierOf(options);
    for (let time = 0; time < 3; time += 1) {
      await expect(verifier.accessOf(token)).rejects.toMatchObject({ code: 'token-invalid' });
      now += 2_000;
    }
  }

  it.each<[string, Partial<VerifierOptions>, RegExp]>([
    ['issuer', {
      issuer: 'https://other.example.com',
    }, /because "[^"]+" issued them, and `issuer` of createVerifier is "https:\/\/other\.example\.com": set it to the PUBLIC_URL/],
    ['audience', { audience: 'other' }, /because they are for "[^"]+", and `audience` of createVerifier is "other"/],
  ])('by its %s, says so once', async (_what, options, message) => {
    await refuse(options, sign());
    expect(messages()).toEqual([expect.stringMatching(message)]);
  });

  it('by its keys, says so once and where it looked', async () => {
    await refuse({}, sign({ second }));
    expect(messages()).toEqual([expect.stringContaining(`because ${keys.jwksUrl} does not publish its key`)]);
  });

  it('a token with a signature that is none of the keys, writes nothing into the log', async () => {
    await refuse({ issuer: 'https://other.example.com' }, sign({ first: second }));
    expect(messages()).toEqual([]);
  });

  it('without a logger, the process warns', async () => {
    const warned = once(process, 'warning');
    const { logger: _none, ...rest } = {
      logger: log, issuer: 'https://other.example.com', audience, jwksUrl: keys.jwksUrl, clock: () => now,
    };
    await expect(createVerifier(rest).accessOf(sign())).rejects.toMatchObject({ code: 'token-invalid' });
    expect((await warned)[0])
      .toMatchObject({ name: 'GatehouseWarning', message: expect.stringContaining('`issuer` of createVerifier') as string });
    expect(log.lines).toEqual([]);
  });
});
