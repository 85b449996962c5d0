import { createHash, timingSafeEqual } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { NamedCheck } from '../checks.ts';
import type { HeaderConfiguration } from '../provider.types.ts';

/** A request that claims to come from the proxy of a provider. */
export interface HeaderRequest {
  readonly configuration: HeaderConfiguration;
  /** Undefined if the provider has none. */
  readonly secret: string | undefined;
  /** Whether the connection comes from a proxy of SSO_HEADER_PROXIES. */
  readonly isFromProxy: boolean;
  /** Every value of a header. */
  readonly valuesOf: (name: string) => readonly string[];
}

const fromProxy: NamedCheck<HeaderRequest> = {
  step: 'proxy',
  findMismatch: ({ isFromProxy }) => (isFromProxy
    ? null : { expected: 'a connection from one of SSO_HEADER_PROXIES', received: 'another address' }),
};

/** Says no value. */
const secretRight: NamedCheck<HeaderRequest> = {
  step: 'secret',
  findMismatch({ configuration: { secretHeader }, secret, valuesOf }) {
    const [sent = '', ...more] = valuesOf(secretHeader);
    const isRight = secret !== undefined && isSame(sent, secret) && more.length === 0;
    return isRight ? null : { expected: `the shared secret in ${secretHeader}, once`, received: 'none, another one, or several' };
  },
};

/** Says no value, because it names a person. */
const personOnce: NamedCheck<HeaderRequest> = {
  step: 'header',
  findMismatch({ configuration: { header }, valuesOf }) {
    const values = valuesOf(header);
    return values.length === 1 && values[0] !== '' && textOf(values[0]) !== null
      ? null : { expected: `${header} once, in UTF-8`, received: `${values.length} headers` };
  },
};

const groupsOnce: NamedCheck<HeaderRequest> = {
  step: 'groups',
  findMismatch({ configuration: { groupsHeader }, valuesOf }) {
    const values = groupsHeader === undefined ? [] : valuesOf(groupsHeader);
    return values.length <= 1 && (values.length === 0 || textOf(values[0]) !== null)
      ? null : { expected: `${groupsHeader ?? 'no header'} at most once, in UTF-8`, received: `${values.length} headers` };
  },
};

/** Every check of a trusted header, in their order. */
export const headerChecks: readonly NamedCheck<HeaderRequest>[] = [fromProxy, secretRight, personOnce, groupsOnce];

/** The claims of the person whom the headers name, for the attribute mapping. */
export function claimsIn({ configuration: { header, groupsHeader }, valuesOf }: HeaderRequest): Readonly<Record<string, unknown>> {
  const groups = groupsHeader === undefined ? null : textOf(valuesOf(groupsHeader)[0]);
  return { subject: textOf(valuesOf(header)[0]), ...(groups !== null && { groups }) };
}

/** Node reads a header as Latin-1. Null for bytes that are no UTF-8. */
function textOf(value: string | undefined): string | null {
  if (value === undefined) return null;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** Takes the same time wherever the texts differ, and whatever their lengths are. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
