import type { ClientSession, Model } from 'mongoose';
import type { User } from '../users/user.model.ts';
import type { EffectiveGrantsOf, GrantResolver } from './grant-resolver.ts';

/** Goes through users of a tenant in the order of their ids, from the one after `after` on. */
export type EachPrincipal = (tenantId: string, options?: { readonly after?: string; readonly userIds?: readonly string[]; readonly session?: ClientSession }) => AsyncGenerator<EffectiveGrantsOf<User>>;

/** Users that are read together. */
const batch = 500;

/** Makes the way through all users, batch by batch, so that none of them need fit into memory at once. */
export function createEachPrincipal({ model, resolveGrantsOfAll }: { readonly model: Model<User> } & Pick<GrantResolver, 'resolveGrantsOfAll'>): EachPrincipal {
  return async function* eachPrincipal(tenantId, { after = '', userIds, session } = {}) {
    for (let last: string | undefined = after; last !== undefined;) {
      const users: User[] = await model.find({ tenantId, _id: { $gt: last, ...(userIds && { $in: [...userIds] }) } }, null, { session: session ?? null }).sort({ _id: 1 }).limit(batch).lean();
      yield* await resolveGrantsOfAll(tenantId, users, session);
      last = users.length < batch ? undefined : users.at(-1)?._id;
    }
  };
}
