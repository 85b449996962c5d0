import { z } from 'zod';
import { actorOf } from '../../platform/changes/actor.ts';
import { AppError } from '../../errors/errors.ts';
import { someFieldOf } from '../../http/route/body-rules.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import {
  boolean, email, idField, integer, isoDate, knownEmail, oneOf, optional, password, string, withDefault,
} from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import { returnToField } from '../branding/brand.shape.ts';
import type { ReturnUrls } from '../branding/brand.types.ts';
import { searchField } from './search/search-field.ts';
import { userOrders } from './search/user-order.ts';
import type { ShowUsers } from './provided/show-users.ts';
import type { UserService } from './user.service.ts';
import { languageField, userView, userShape } from './user.shape.ts';

const nameField = string({ min: 1, max: 128, trim: true });
const profileFields = {
  username: optional(nameField), firstName: optional(nameField), lastName: optional(nameField), language: optional(languageField),
};

export interface UserRouteDeps {
  readonly users: UserService;
  readonly showUsers: ShowUsers;
  readonly returnUrls: Pick<ReturnUrls, 'require'>;
}

const userPage = pageOf(userShape).extend({ total: z.number().int() });

/** The URLs under /admin/ about users. */
export function createUserRoutes({ users, showUsers, returnUrls }: UserRouteDeps) {
  return [
    defineRoute({
      method: 'GET', url: '/admin/load-users', id: 'listUsers', summary: 'List users',
      actsInTenant: true,
      description: 'search finds users by the beginnings of words of their address, username and names: every word of it must begin '
        + 'one of theirs. Letter case, accents and the width of letters make no difference. '
        + 'lastLoginBefore also finds users who have never logged in. '
        + 'total is the number of users who fit, as the first page found it; 10,000 also means more.',
      input: {
        query: {
          ...pageFields, search: optional(searchField()), email: optional(knownEmail()), role: optional(string({ min: 1, max: 64 })),
          active: optional(boolean()), verified: optional(boolean()), lastLoginBefore: optional(isoDate()),
          sort: withDefault(oneOf(userOrders), 'createdAt'),
        },
      },
      output: userPage,
      errors: [],
      async handler({ input: { query: { limit, cursor, sort, search, active, verified, ...filter } }, caller }) {
        const { items, nextCursor, total } = await users.load(
          caller.tenantId,
          {
            ...filter, ...(search !== undefined && { words: search }), ...(active !== undefined && { isActive: active }),
            ...(verified !== undefined && { isVerified: verified }),
          },
          sort,
          { limit, ...(cursor !== undefined && { cursor }) },
        );
        return { items: await showUsers(caller.tenantId, items), nextCursor, total };
      },
    }),
    defineRoute({
      method: 'GET', url: '/admin/load-user/:userId', id: 'getUser', summary: 'Load one user',
      actsInTenant: true,
      input: { params: { userId: idField } },
      output: userShape,
      errors: ['user-not-found'],
      async handler({ input: { params: { userId } }, caller: { tenantId } }) {
        const user = await users.find(tenantId, userId);
        return (await showUsers(tenantId, [user]))[0] ?? userView(user);
      },
    }),
    defineRoute({
      method: 'POST', url: '/admin/create-user', id: 'createUser', summary: 'Create a user with the role guest', status: 201,
      actsInTenant: true,
      description: 'Without a password, a mail invites the user to choose one. With a password, a mailed link confirms the address. '
        + 'returnTo is one of the return URLs: the page of the link leads there.',
      input: { body: { email: email(), password: optional(password()), ...profileFields, returnTo: optional(returnToField) } },
      output: userShape,
      errors: ['return-url-not-allowed', 'email-taken', 'tenant-full', 'weak-password', 'password-queue-full'],
      async handler(context) {
        await returnUrls.require(context.caller.tenantId, context.input.body.returnTo);
        return userView(await users.create(actorOf(context), 'user.create', context.input.body));
      },
    }),
    defineRoute({
      method: 'PUT', url: '/admin/update-user/:userId', id: 'updateUser', summary: 'Change address, names or language of a user',
      actsInTenant: true,
      input: { params: { userId: idField }, body: {
        email: optional(email()), ...profileFields, version: optional(integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
      } },
      output: userShape,
      bodyRules: [someFieldOf('email', 'username', 'firstName', 'lastName', 'language')],
      errors: ['user-not-found', 'target-outranks-caller', 'self-not-allowed', 'email-taken', 'version-conflict'],
      async handler(context) {
        const { params, body } = context.input;
        const { version, ...profile } = body;
        if (Object.keys(profile).length === 0) throw new AppError('invalid-input', {
          errors: [{ field: 'body', message: 'names nothing to change' }],
        });
        return userView(await users.update(actorOf(context), context.caller, params.userId, body));
      },
    }),
    ...(['disable', 'enable'] as const).map((verb) => defineRoute({
      method: 'POST', url: `/admin/${verb}-user`, id: `${verb}User`,
      summary: verb === 'disable' ? 'Disable a user and refuse all their sessions at once' : 'Enable a disabled user',
      actsInTenant: true,
      input: { body: { userId: idField } },
      output: userShape,
      errors: ['user-not-found', 'self-not-allowed', 'target-outranks-caller', 'last-superadmin'],
      handler: async (context) => userView(
        await users.setActive(actorOf(context), context.caller, context.input.body.userId, verb === 'enable'),
      ),
    })),
    defineRoute({
      method: 'POST', url: '/admin/set-new-password', id: 'mailNewPasswordLink',
      summary: 'Mail a user a link to set a new password', status: 202,
      actsInTenant: true,
      input: { body: { userId: idField, returnTo: optional(returnToField) } },
      errors: ['return-url-not-allowed', 'user-not-found', 'target-outranks-caller', 'mail-not-possible'],
      async handler(context) {
        const { userId, returnTo } = context.input.body;
        await returnUrls.require(context.caller.tenantId, returnTo);
        await users.mailNewPassword(actorOf(context), context.caller, userId, returnTo);
        return undefined;
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/admin/delete-user/:userId', id: 'deleteUser',
      summary: 'Delete a user, their sessions and their personal data',
      actsInTenant: true,
      input: { params: { userId: idField } },
      errors: ['user-not-found', 'self-not-allowed', 'target-outranks-caller', 'last-superadmin'],
      async handler(context) {
        await users.remove(actorOf(context), context.caller, context.input.params.userId);
        return undefined;
      },
    }),
  ];
}
