import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import type { Right } from '../access/right.ts';
import { defineRoute } from '../http/define-route.ts';
import type { RouteDefinition } from '../http/define-route.ts';
import { rightShape } from '../roles/role.shapes.ts';
import type { User } from '../users/user.model.ts';
import { showUser, userShape } from '../users/user.shapes.ts';

export interface ProfileRouteDeps {
  readonly findUser: (tenantId: string, userId: string) => Promise<User>;
  /** The roles of a user and what they give at this moment, without stale rights. */
  readonly rightsOf: (caller: Caller) => Promise<{ readonly roles: readonly { roleId: string; type: string; name: string }[]; readonly rights: readonly Right[] }>;
}

/** What everybody may see of themselves. */
export function createProfileRoutes({ findUser, rightsOf }: ProfileRouteDeps): RouteDefinition[] {
  return [
    defineRoute({
      method: 'GET', url: '/profile/me', summary: 'One\'s own user, roles and rights',
      output: z.object({ user: userShape, roles: z.array(z.object({ roleId: z.string(), type: z.string(), name: z.string() })), rights: z.array(rightShape.omit({ stale: true })) }),
      errors: ['user-not-found'],
      async handler({ caller }) {
        const { roles, rights } = await rightsOf(caller);
        const user = await findUser(caller.tenantId, caller.userId);
        return { user: showUser(user), roles: [...roles], rights: rights.map(({ methods, ...right }) => ({ ...right, ...(methods && { methods: [...methods] }) })) };
      },
    }),
  ];
}
