import type { ReadProvided } from '../../grants/grants.types.ts';
import type { User } from '../user.model.ts';
import { userView } from '../user.shape.ts';

/** Converts users to their response form, with the roles that providers give them. */
export type ShowUsers = (tenantId: string, users: readonly User[]) => Promise<ReturnType<typeof userView>[]>;

/** Creates the function that shows users. It reads nothing if none of them has an identity. */
export function createShowUsers(readProvided: ReadProvided): ShowUsers {
  return async (tenantId, users) => {
    const linked = users.filter(({ hasIdentities }) => hasIdentities === true).map(({ _id }) => _id);
    const provided = linked.length > 0 ? await readProvided(tenantId, linked) : new Map<string, never>();
    return users.map((user) => userView(user, provided.get(user._id)));
  };
}
