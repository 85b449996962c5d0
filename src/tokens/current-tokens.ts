import type { AccessTokens, SignedToken, TokenSubject } from './access-token.ts';
import type { AccessTokenResult } from './verify-token.ts';

/** Issues and verifies access tokens with the currently stored keys, even if another node has changed them. */
export interface CurrentTokens {
  sign(subject: TokenSubject): Promise<SignedToken>;
  /** Returns a promise only if the keys must be read first. */
  verify(token: string): AccessTokenResult | Promise<AccessTokenResult>;
}

export interface CurrentTokenDeps {
  readonly tokens: AccessTokens;
  readonly keys: {
    /** Reads the keys if they are too old; undefined if they are not. */
    refresh(): Promise<void> | undefined;
    /** Reads the keys again, unless they were read shortly before. Returns whether it did. */
    reread(): Promise<boolean>;
  };
}

/** Creates them. If no known key has signed a token, the keys are read again, because another node may have created a key just now. */
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
