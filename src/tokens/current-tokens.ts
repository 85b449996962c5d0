import type { AccessTokens, SignedToken, TokenSubject } from './access-token.ts';
import type { AccessTokenResult } from './verify-token.ts';

/** Access tokens by the keys as they are stored at this moment, whichever node changed them. */
export interface CurrentTokens {
  sign(subject: TokenSubject): Promise<SignedToken>;
  /** At once, unless the keys must be read first. */
  verify(token: string): AccessTokenResult | Promise<AccessTokenResult>;
}

export interface CurrentTokenDeps {
  readonly tokens: AccessTokens;
  readonly keys: {
    /** Sees to it that the keys are not older than they may be; undefined where nothing is to be waited for. */
    refresh(): Promise<void> | undefined;
    /** Reads the keys anew, now and then; whether it did. */
    reread(): Promise<boolean>;
  };
}

/** A token that no known key has signed may be of one that another node has just made: then the keys are read once more. */
export function createCurrentTokens({ tokens, keys }: CurrentTokenDeps): CurrentTokens {
  function verifyNow(token: string): AccessTokenResult | Promise<AccessTokenResult> {
    const verified = tokens.verify(token);
    return verified.ok || verified.code !== 'token-invalid' ? verified : verifyOnceMore(token, verified);
  }

  async function verifyOnceMore(token: string, verified: AccessTokenResult): Promise<AccessTokenResult> {
    return (await keys.reread()) ? tokens.verify(token) : verified;
  }

  return {
    async sign(subject) {
      await keys.refresh();
      return tokens.sign(subject);
    },
    verify(token) {
      const refreshed = keys.refresh();
      return refreshed ? refreshed.then(() => verifyNow(token)) : verifyNow(token);
    },
  };
}
