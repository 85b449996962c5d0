/** 1: one factor. 2: two factors. 3: a passkey with user verification. */
export type LoginLevel = 1 | 2 | 3;

/** How and when the login of a session was proved last. */
export interface LoginProof {
  /** The methods, such as `pwd` (RFC 8176). */
  readonly amr: readonly string[];
  readonly level: LoginLevel;
  /** ms since 1970 */
  readonly at: number;
}

/** A login that was proved less than `seconds` ago, with this level or a higher one (default: 1). */
export interface RecentLogin {
  readonly seconds: number;
  readonly level?: LoginLevel;
}

/** Whether a login is as recent and as strong as required. False without a login. `now` is in ms since 1970. */
export function isRecentLogin(login: LoginProof | undefined, seconds: number, level: LoginLevel, now: number): boolean {
  return login !== undefined && now - login.at < seconds * 1_000 && login.level >= level;
}
