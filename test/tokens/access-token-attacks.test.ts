import { createAccessTokens } from '../../src/tokens/access-token.ts';
import { keyRing, settingsOf } from './forge.ts';
import { attackedKeys, describeTokenAttacks } from './token-attacks.ts';

describe('the gate', () => {
  const tokens = createAccessTokens(settingsOf(keyRing(attackedKeys)));
  describeTokenAttacks((token) => {
    const result = tokens.verify(token);
    return result.ok ? 'accepted' : result.code;
  });
});
