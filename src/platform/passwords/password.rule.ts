/** Minimum and maximum length of a password, in Unicode code points. */
export const passwordLength = { least: 12, most: 256 } as const;

/**
 * Says whether a user may choose this password. It must have `least` (12 or more) to 256 Unicode code points, of any kind.
 *
 * Lone surrogates are refused: UTF-8 cannot represent them, so different passwords would become the same bytes.
 */
export function isPasswordAcceptable(password: string, least: number = passwordLength.least): boolean {
  return isPasswordReadable(password) && Array.from(password).length >= least;
}

/**
 * Says whether a text can be a password: it is not too long and has no lone surrogate.
 *
 * Reads at most 512 UTF-16 units, so its time does not grow with the length of the text.
 */
export function isPasswordReadable(password: string): boolean {
  if (password.length > 2 * passwordLength.most) return false;
  return Array.from(password).length <= passwordLength.most && !/\p{Surrogate}/u.test(password);
}
