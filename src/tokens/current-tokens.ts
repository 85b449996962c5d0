import type { AccessTokens, SignedToken, TokenSubject } from './access-token.ts';
import type { AccessTokenResult } from './verify-token.ts';

/** Access tokens by the keys as they are stored at this moment, whichever node changed them. */
export interface CurrentTokens {
  sign(subject: TokenSubject): Promise<SignedToken>;
  verify(token: string): Promise<AccessTokenResult>;
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
  return {
    async sign(subject) {
      await keys.refresh();
      return tokens.sign(subject);
    },
    async verify(token) {
      const refreshed = keys.refresh();
      if (refreshed) await refreshed;
      const verified = tokens.verify(token);
      return !verified.ok && verified.code === 'token-invalid' && (await keys.reread()) ? tokens.verify(token) : verified;
    },
  };
}
