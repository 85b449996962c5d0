import { z } from 'zod';
import type { Right } from '../../engine/grants/right.ts';
import { actorOf } from '../../platform/changes/actor.ts';
import { AppError } from '../../errors/errors.ts';
import { someFieldOf } from '../../http/route/body-rules.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { email, integer, optional, password, string } from '../../http/input/fields.ts';
import { storedRight } from '../policies/right.shape.ts';
import type { User } from '../users/user.model.ts';
import { languageField, userView, userShape } from '../users/user.shape.ts';
import type { ProfileService } from './profile.service.ts';

export interface ProfileRouteDeps {
  readonly profile: ProfileService;
  readonly findUser: (tenantId: string, userId: string) => Promise<User>;
  /** Converts users to their response form, with the roles that providers give them. */
  readonly showUsers: (tenantId: string, users: readonly User[]) => Promise<ReturnType<typeof userView>[]>;
  /** The roles of a user and the rights that they grant now, without stale rights. */
  readonly rightsOf: (
    user: User,
  ) => Promise<{ readonly roles: readonly { roleId: string; type: string; name: string }[]; readonly rights: readonly Right[] }>;
}

const nameField = string({ min: 1, max: 128, trim: true });
const versionField = optional(integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const passwordErrors = ['wrong-password', 'too-many-requests', 'password-queue-full'] as const;

/** The URLs where users see and change their own account. */
export function createProfileRoutes({ profile, findUser, showUsers, rightsOf }: ProfileRouteDeps) {
  return [
    defineRoute({
      method: 'GET', url: '/profile/me', id: 'getProfile', summary: 'The caller\'s own user, roles and rights',
      output: z.object({
        user: userShape, roles: z.array(z.object({ roleId: z.string(), type: z.string(), name: z.string() })), rights: z.array(storedRight),
      }),
      errors: ['user-not-found'],
      async handler({ caller }) {
        const user = await findUser(caller.tenantId, caller.userId);
        const { roles, rights } = await rightsOf(user);
        const [shown = userView(user)] = await showUsers(caller.tenantId, [user]);
        return { user: shown, roles: [...roles], rights: rights.map(
          ({ methods, ...right }) => ({ ...right, ...(methods && { methods: [...methods] }) }),
        ) };
      },
    }),
    defineRoute({
      method: 'POST', url: '/profile/change-username', id: 'changeUsername', summary: 'Change the display name',
      input: { body: { username: nameField, version: versionField } },
      output: userShape,
      errors: ['user-not-found', 'version-conflict'],
      handler: async (context) => userView(
        await profile.update(actorOf(context), context.caller, 'user.change-username', context.input.body),
      ),
    }),
    defineRoute({
      method: 'PATCH', url: '/profile/update-profile-data', id: 'updateProfile',
      summary: 'Change first and last name, and the language of mails',
      input: { body: {
        firstName: optional(nameField), lastName: optional(nameField), language: optional(languageField), version: versionField,
      } },
      bodyRules: [someFieldOf('firstName', 'lastName', 'language')],
      output: userShape,
      errors: ['user-not-found', 'version-conflict'],
      async handler(context) {
        const { body } = context.input;
        if (body.firstName === undefined && body.lastName === undefined && body.language === undefined) {
          throw new AppError('invalid-input', { errors: [{ field: 'body', message: 'names nothing to change' }] });
        }
        return userView(await profile.update(actorOf(context), context.caller, 'user.update-profile', body));
      },
    }),
    defineRoute({
      method: 'POST', url: '/profile/change-email', id: 'changeEmail',
      summary: 'Mail a link to a new address. The address changes when the link is used',
      status: 202,
      input: { body: { email: email(), password: password() } },
      errors: ['user-not-found', 'email-taken', ...passwordErrors],
      async handler(context) {
        await profile.changeEmail(actorOf(context), context.caller, context.input.body);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST', url: '/profile/set-new-password', id: 'changePassword', summary: 'Change the password, and end every other session',
      input: { body: { currentPassword: password(), newPassword: password() } },
      errors: ['user-not-found', 'weak-password', ...passwordErrors],
      async handler(context) {
        await profile.setPassword(actorOf(context), context.caller, context.input.body);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST', url: '/profile/delete-account', id: 'deleteAccount', summary: 'Delete the caller\'s own account and personal data',
      input: { body: { password: password() } },
      errors: ['user-not-found', 'last-superadmin', ...passwordErrors],
      async handler(context) {
        await profile.deleteAccount(actorOf(context), context.caller, context.input.body.password);
        return undefined;
      },
    }),
  ];
}
