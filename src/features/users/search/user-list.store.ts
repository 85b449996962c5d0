import type { Model, QueryFilter, QueryOptions } from 'mongoose';
import { z } from 'zod';
import { withoutEnded } from '../../../engine/grants/role-times.ts';
import { AppError } from '../../../errors/errors.ts';
import { emailKeyOf } from '../../../http/input/email-address.ts';
import { readCursor, writeCursor } from '../../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../../platform/database/queries/page.ts';
import { wordIndex } from '../user.model.ts';
import type { User } from '../user.model.ts';
import type { UserFilter, UserOrder } from '../user.types.ts';
import { indexedOrder } from './user-order.ts';
import type { IndexRange, UserPosition } from './user-order.ts';

export interface UserPage extends Page<User> {
  /** How many users the first page found, up to 10,000. Later pages repeat it. */
  readonly total: number;
}

/** The query about many users. It leaves out roles that have ended. */
export interface UserListStore {
  /** One page of the users that fit all filters. Throws `invalid-input` for a cursor of another list, filter or order. */
  load(tenantId: string, filter: UserFilter, order: UserOrder, page: PageRequest): Promise<UserPage>;
}

export interface UserListStoreDeps {
  readonly model: Model<User>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Users are counted up to this number. */
const maxTotal = 10_000;

/** Creates the store of lists of users. */
export function createUserListStore({ model, clock }: UserListStoreDeps): UserListStore {
  /** Reads one range of an index after the other, until there are enough users. */
  async function read(
    filter: QueryFilter<User>, ranges: readonly IndexRange[], most: number, options: QueryOptions,
  ): Promise<User[]> {
    const found: User[] = [];
    for (const range of ranges) {
      if (found.length === most) break;
      found.push(...await model.find({ ...filter, ...range }, null, options).limit(most - found.length).lean());
    }
    return found;
  }

  return {
    async load(tenantId, filter, order, { limit, cursor }) {
      const list = ['users', tenantId, { ...filter, order }] as const;
      const { sort, positionOf, isPossible, after } = indexedOrder(order);
      const query = queryOf(tenantId, filter, clock());
      // By itself a database may follow the order and read each user on the way, of other tenants too.
      const hint = filter.words ? { hint: wordIndex } : {};
      const position = cursor === undefined ? null : toPosition(readCursor(list, cursor, 'query.cursor'), isPossible);
      const [rows, total] = await Promise.all([
        read(query, position ? after(position) : [{}], limit + 1, { sort, ...hint }),
        position?.total ?? model.countDocuments(query, { limit: maxTotal, ...hint }).exec(),
      ]);
      const items = rows.slice(0, limit).map((user) => withoutEnded(user, clock()));
      const last = items.at(-1);
      const nextCursor = rows.length > limit && last ? writeCursor(list, toText({ ...positionOf(last), total })) : null;
      return { items, nextCursor, total };
    },
  };
}

function queryOf(
  tenantId: string, { email, role, isActive, isVerified, words = [], lastLoginBefore }: UserFilter, now: number,
): QueryFilter<User> & { tenantId: string } {
  const ended = (roleId: string) => ({ roleTimes: { $elemMatch: { roleId, validUntil: { $lte: new Date(now) } } } });
  const wanted: QueryFilter<User>[] = [
    ...words.map((word) => ({ searchWords: { $elemMatch: { $gte: word, $lt: `${word}\u{10FFFF}` } } })),
    ...(email === undefined ? [] : [{ emailKey: emailKeyOf(email) }]),
    ...(role === undefined ? [] : [{ roles: role, $nor: [ended(role)] }]),
    ...(isActive === undefined ? [] : [{ isActive }]),
    ...(isVerified === undefined ? [] : [{ emailVerified: isVerified ? true : { $ne: true } }]),
    ...(lastLoginBefore === undefined ? [] : [{ lastLoginAt: { $not: { $gte: lastLoginBefore } } }]),
  ];
  return { tenantId, ...(wanted.length > 0 && { $and: wanted }) };
}

interface ListPosition extends UserPosition {
  readonly total: number;
}

const positionShape = z.tuple([z.number().int().min(0).max(maxTotal), z.string().max(64), z.string().max(400).nullable()]);

function toText({ total, userId, value }: ListPosition): string {
  return JSON.stringify([total, userId, value]);
}

/** Throws `invalid-input` for text that is no position. A made-up position only shows other users of the same list. */
function toPosition(text: string, isPossible: (position: UserPosition) => boolean): ListPosition {
  const parsed = positionShape.safeParse(fromJson(text));
  const [total, userId, value] = parsed.data ?? [0, '', null];
  if (parsed.success && isPossible({ userId, value })) return { total, userId, value };
  throw new AppError('invalid-input', { errors: [{ field: 'query.cursor', message: 'belongs to another list' }] });
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
