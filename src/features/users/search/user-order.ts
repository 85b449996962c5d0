import type { User } from '../user.model.ts';
import type { UserOrder } from '../user.types.ts';

/** All orders. */
export const userOrders = [
  'createdAt', '-createdAt', 'email', '-email', 'lastLoginAt', '-lastLoginAt',
] as const satisfies readonly UserOrder[];

/** The place of a user in an order. */
export interface UserPosition {
  /** The value that the order is about; null if the user has none. The order of creation needs only the id. */
  readonly value: string | null;
  readonly userId: string;
}

/** A condition on the fields of one index. */
export type IndexRange = Readonly<Record<string, unknown>>;

/** An order as a query needs it. Each is one index, read from one end. */
export interface IndexedOrder {
  readonly sort: Record<string, 1 | -1>;
  positionOf(user: User): UserPosition;
  /** Whether text that came from outside can be a position in this order. */
  isPossible(position: UserPosition): boolean;
  /** The parts of the list behind a position, in their order. Each part is one range of the index. */
  after(position: UserPosition): IndexRange[];
}

// Ids begin with their time of creation in seconds.
const fields = { createdAt: '_id', email: 'emailKey', lastLoginAt: 'lastLoginAt' } as const;

/** Describes an order for a query. */
export function indexedOrder(order: UserOrder): IndexedOrder {
  const descends = order.startsWith('-');
  const field = fields[order.replace('-', '') as keyof typeof fields]; // what remains of a UserOrder
  const direction = descends ? -1 : 1;
  const next = descends ? '$lt' : '$gt';
  if (field === '_id') return {
    sort: { _id: direction },
    positionOf: ({ _id }) => ({ value: null, userId: _id }),
    isPossible: ({ value }) => value === null,
    after: ({ userId }) => [{ _id: { [next]: userId } }],
  };
  return {
    sort: { [field]: direction, _id: direction },
    positionOf: (user) => ({ value: textOf(user[field]), userId: user._id }),
    isPossible: ({ value }) => value === null || field === 'emailKey' || !Number.isNaN(Date.parse(value)),
    after({ value, userId }) {
      const known = value === null || field === 'emailKey' ? value : new Date(value);
      const equal = { [field]: known, _id: { [next]: userId } };
      if (known === null) return descends ? [equal] : [equal, { [field]: { $ne: null } }];
      return [equal, { [field]: { [next]: known } }, ...(descends ? [{ [field]: null }] : [])];
    },
  };
}

function textOf(value: string | Date | undefined): string | null {
  return value instanceof Date ? value.toISOString() : value ?? null;
}
