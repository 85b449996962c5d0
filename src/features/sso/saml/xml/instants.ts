/** UTC with Z, as SAML Core section 1.3.3 demands. Text without a zone means another time on each server. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** A time of a SAML message, in ms since 1970; null for anything else. */
export function readInstant(text: string | null): number | null {
  if (text === null || !instant.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** How far the clock of a provider may be from this one, in ms. */
export const clockSkew = 5_000;
