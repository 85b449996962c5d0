import { AppError } from '../../errors/errors.ts';

/** A redirect as a response: 303 (RFC 9110 section 15.4.4). */
export interface RedirectReply {
  /** An http or https URL without a fragment, or a path of this server that begins with a slash. */
  readonly location: string;
  /**
   * The places that this request may lead to. `location` must be one of them, with at most more parameters. They come from elsewhere
   * than `location` does: from what was stored or configured.
   */
  readonly targets: readonly string[];
}

/** Stands for this server. No server can have this name (RFC 2606). */
const here = 'https://here.invalid';

/**
 * Checks that a redirect leads to one of its targets: same scheme, host, port and path, and a query that begins with the one of the target.
 *
 * Throws `internal` for anything else, so that no value of a request can choose where a browser goes. The log names the place without
 * its query, which may contain a secret.
 */
export function requireTarget({ location, targets }: RedirectReply): void {
  const place = placeOf(location);
  if (place && targets.some((target) => leadsTo(place, placeOf(target)))) return;
  const shown = location.split(/[?#]/, 1)[0] ?? '';
  throw new AppError('internal', {}, new Error(`A redirect to "${shown}" is to none of the places that it may lead to.`));
}

/** Reads by the rules of browsers (WHATWG URL): `//host` and `/\host` are other servers. Undefined for what no redirect may name. */
function placeOf(text: string): URL | undefined {
  if (!/^(?:\/|https?:\/\/)[!-~]*$/.test(text) || text.includes('#') || !URL.canParse(text, here)) return undefined;
  const place = new URL(text, here);
  const isOwn = place.origin === here;
  return place.username === '' && place.password === '' && isOwn === text.startsWith('/') ? place : undefined;
}

function leadsTo(place: URL, target: URL | undefined): boolean {
  if (target?.origin !== place.origin || target.pathname !== place.pathname) return false;
  const sent = [...place.searchParams];
  return [...target.searchParams].every(([name, value], index) => sent[index]?.[0] === name && sent[index][1] === value);
}
