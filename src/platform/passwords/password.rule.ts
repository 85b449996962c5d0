/** How long a password may be, in Unicode code points. */
export const passwordLength = { least: 12, most: 256 } as const;

/**
 * Says whether somebody may choose this password: 12 (or more, where that is asked for) to 256 Unicode code points, any characters.
 *
 * Lone surrogates are refused: UTF-8 has no spelling for them, so different passwords would become the same bytes.
 */
export function isPasswordAcceptable(password: string, least: number = passwordLength.least): boolean {
  return isPasswordReadable(password) && Array.from(password).length >= least;
}

/**
 * Says whether this could be anybody's password at all: not over the limit, and no lone surrogate.
 *
 * Looks at 512 UTF-16 units at most, so its time does not grow with what was sent.
 */
export function isPasswordReadable(password: string): boolean {
  if (password.length > 2 * passwordLength.most) return false;
  return Array.from(password).length <= passwordLength.most && !/\p{Surrogate}/u.test(password);
}
