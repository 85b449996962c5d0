import { actorOf } from '../../platform/changes/actor.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { oneFieldOf } from '../../http/route/body-rules.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { optional } from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import { refOf } from '../roles/role.shape.ts';
import type { MembershipService } from './membership.service.ts';
import { membershipFields, membershipShape, resourceField, membershipView, userIdField } from './membership.shape.ts';

const changeErrors = [
  'user-not-found', 'role-not-found', 'superadmin-not-inherited', 'target-outranks-caller', 'grants-exceed-own',
] as const;

export interface MembershipRouteDeps {
  readonly memberships: MembershipService;
  /** Locks a role for an assignment and returns its roleId. Throws `role-not-found`. */
  readonly lockRole: (tx: ChangeTransaction, ref: ReturnType<typeof refOf>) => Promise<string>;
}

const membershipPage = pageOf(membershipShape);

/** The URLs under /memberships/ about users' roles on single resources. */
export function createMembershipRoutes({ memberships, lockRole }: MembershipRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/memberships/add', id: 'addMembership', summary: 'Give a user a role on one resource', status: 201,
      actsInTenant: true,
      description: 'The permissions and policies of the role then apply to this resource and the resources below it, and to no other. '
        + 'The rights (URLs) of the role do not apply. A membership that exists already stays.',
      input: { body: membershipFields },
      bodyRules: [oneFieldOf('roleId', 'type')],
      output: membershipShape,
      errors: changeErrors,
      async handler(context) {
        const { body } = context.input;
        const ref = refOf(body);
        return membershipView(await memberships.add(actorOf(context), context.caller, body, (tx) => lockRole(tx, ref)));
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/memberships/remove', id: 'removeMembership', summary: 'Remove a user\'s role on one resource',
      actsInTenant: true,
      input: { query: membershipFields },
      errors: [...changeErrors, 'membership-not-found'],
      async handler(context) {
        const { query } = context.input;
        const ref = refOf(query);
        await memberships.remove(actorOf(context), context.caller, query, (tx) => lockRole(tx, ref));
        return undefined;
      },
    }),
    defineRoute({
      method: 'GET', url: '/memberships/load', id: 'listMemberships', summary: 'List memberships, also of one resource or one user',
      actsInTenant: true,
      input: { query: { ...pageFields, userId: optional(userIdField), resource: optional(resourceField) } },
      output: membershipPage,
      errors: [],
      async handler({ input: { query: { userId, resource, ...page } }, caller }) {
        const { items, nextCursor } = await memberships.load(
          caller.tenantId, { ...(userId !== undefined && { userId }), ...(resource !== undefined && { resource }) }, page,
        );
        return { items: items.map(membershipView), nextCursor };
      },
    }),
  ];
}
