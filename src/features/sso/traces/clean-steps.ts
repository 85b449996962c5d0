import type { LoginStep } from '../providers/provider-ports.types.ts';

/** The longest value that is kept, in characters. */
const maxText = 300;
/** The most steps of one login that are kept. */
const maxSteps = 60;
/** The most characters of a value that are read. A provider may send any number. */
const maxRead = 20_000;

const removed = '[removed]';

/**
 * Removes what must never be stored or shown from the steps of a login: tokens, assertions, passwords and codes.
 *
 * `secrets` are those that this login has met. Each is removed wherever it stands, and so is everything that looks like one. Values are
 * cut to 300 characters.
 */
export function cleanSteps(steps: readonly LoginStep[], secrets: readonly string[] = []): LoginStep[] {
  const known = secrets.filter((secret) => secret.length > 0).sort((one, other) => other.length - one.length);
  const clean = (text: string) => {
    const without = known.reduce((rest, secret) => rest.split(secret).join(removed), text.slice(0, maxRead));
    const hidden = without.replace(/<[a-z?!][^]*/i, removed) // an assertion, or another document
      .replace(/[\w+/=.-]{16,}/g, (chunk) => (looksSecret(chunk) ? removed : chunk));
    const plain = hidden.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
    return plain.length > maxText ? `${plain.slice(0, maxText - 1)}…` : plain;
  };
  return steps.slice(0, maxSteps).map(({ step, ok, expected, received, milliseconds, repair }) => ({
    step: clean(step), ok, ...(expected !== undefined && { expected: clean(expected) }),
    ...(received !== undefined && { received: clean(received) }), ...(milliseconds !== undefined && { milliseconds }),
    ...(repair !== undefined && { repair: clean(repair) }),
  }));
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const word = /^(?:(?:[A-Z]?[a-z]{0,20}){1,3}|[A-Z]{0,12}|[a-z0-9]{0,12})$/;

/** Whether a text without spaces is a token, or random. Addresses, ids and names are not. */
function looksSecret(chunk: string): boolean {
  const parts = chunk.split('.');
  if (parts.length > 1 && /(?:^|[/=])eyJ/.test(chunk)) return true; // a token begins with {" in base64
  if (parts.filter((part) => uuid.test(part)).length > 1) return true; // a code of Keycloak
  return parts.some((part) => part.length >= 32 && !part.split('/').every(isName));
}

function isName(text: string): boolean {
  return uuid.test(text) || text.split(/[-_]/).every((each) => word.test(each));
}
