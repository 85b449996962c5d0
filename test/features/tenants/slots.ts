import { randomBytes } from 'node:crypto';
import { cursorOf } from './population.ts';
import type { Population } from './population.ts';

/** What names something that a tenant owns, in whatever part of a request it stands. */
const idNames = [
  'userId', 'sessionId', 'groupId', 'groupName', 'roleId', 'type', 'role', 'roles', 'inherits', 'reassignTo', 'email', 'resource', 'cursor',
  'clientId', 'providerId', 'identityId', 'tenantId', 'tenant',
] as const;
export type IdName = (typeof idNames)[number];

export function isIdName(name: string): name is IdName {
  return (idNames as readonly string[]).includes(name);
}

/** The value of a name in a tenant; names that a call may use up are new ones each time. */
export function valueIn(
  { userId, sessionId, groupId, clientId, providerId, identityId, tenantId, tenantName, next }: Population, name: IdName,
): string {
  switch (name) {
    case 'userId': return userId;
    case 'sessionId': return sessionId;
    case 'groupId': return groupId;
    case 'clientId': return clientId;
    case 'providerId': return providerId;
    case 'identityId': return identityId;
    case 'resource': return next.resource();
    case 'tenantId': return tenantId;
    case 'tenant': return tenantName;
    case 'cursor': return cursorOf(userId);
    case 'email': return next.email();
    case 'groupName': return next.groupName();
    default: return next.role();
  }
}

/** Something of the same form that nobody has. */
export function madeUp(value: string, name: IdName): string {
  if (name === 'cursor') return cursorOf(madeUp(Buffer.from(value, 'base64url').toString(), 'userId'));
  const random = randomBytes(32).toString('hex');
  // Digits and letters are replaced from the tail, where names differ; a domain stays as it is.
  const [head = '', ...domain] = value.split('@');
  const kept = Math.max(0, head.length - 20);
  const start = /^[a-z0-9]+$/.test(head) ? 0 : Math.max(kept, head.search(/[-/ ]/) + 1);
  return [head.slice(0, start) + random.slice(0, head.length - start), ...domain].join('@');
}

/** A place in a request where an id stands. */
export interface Slot {
  readonly name: IdName;
  readonly part: 'path' | 'query' | 'body';
  /** From the top of that part. */
  readonly at: readonly (string | number)[];
}

/** Every place in a value where an id stands. */
export function slotsOf(value: unknown, part: Slot['part'], at: readonly (string | number)[] = []): Slot[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => slotsOf(item, part, [...at, index]));
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(
    ([name, item]) => slotsOf(item, part, [...at, name]),
  );
  const name = [...at].reverse().find((step) => typeof step === 'string');
  return typeof value === 'string' && name !== undefined && isIdName(name) ? [{ name, part, at }] : [];
}

/** A copy with another value in one place. */
export function withValue(value: unknown, [step, ...rest]: Slot['at'], put: string): unknown {
  if (step === undefined) return put;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === step ? withValue(item, rest, put) : item));
  const fields = value as Record<string, unknown>; // slotsOf found the place by the same steps
  return { ...fields, [step]: withValue(fields[step], rest, put) };
}
