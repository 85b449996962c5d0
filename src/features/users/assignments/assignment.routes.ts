import { AppError } from '../../../errors/errors.ts';
import { isoDate, knownEmail, oneOf, optional, string } from '../../../http/input/fields.ts';
import { oneFieldOf } from '../../../http/route/body-rules.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import { actorOf } from '../../../platform/changes/actor.ts';
import { refOf, roleRefFields } from '../../roles/role.shape.ts';
import type { LockRole } from '../../roles/role.types.ts';
import { userShape, userView } from '../user.shape.ts';
import type { UserRef } from '../user.types.ts';
import type { UserAssignments } from './user.assignments.ts';

export interface AssignmentRouteDeps {
  readonly assign: UserAssignments['assign'];
  readonly lockRole: LockRole;
}

const untimedRemoval = {
  if: { properties: { mode: { const: 'remove' } }, required: ['mode'] }, then: { properties: { validFrom: false, validUntil: false } },
};

/** The URL that gives roles to users. */
export function createAssignmentRoutes({ assign, lockRole }: AssignmentRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/roles/assign', id: 'assignRole', summary: 'Give a role to a user, or take it away',
      actsInTenant: true,
      description: 'Names the user by userId or email, and the role by roleId or type. mode: replace (the default) all roles by this one, '
        + 'add it, or remove it. The role does not count before validFrom and from validUntil on, also within a session. A day instead of '
        + 'an instant means the start of that day in validFrom, and its end in validUntil, in UTC. An end in the past is refused.',
      input: { body: {
        userId: optional(string({ min: 1, max: 64 })), email: optional(knownEmail()), ...roleRefFields,
        mode: optional(oneOf(['replace', 'add', 'remove'])),
        validFrom: optional(isoDate()), validUntil: optional(isoDate({ dayMeans: 'end' })),
      } },
      bodyRules: [oneFieldOf('userId', 'email'), oneFieldOf('roleId', 'type'), untimedRemoval],
      output: userShape,
      errors: [
        'user-not-found', 'role-not-found', 'superadmin-not-timed', 'last-superadmin', 'target-outranks-caller', 'grants-exceed-own',
      ],
      async handler(context) {
        const { body } = context.input;
        const ref = refOf(body);
        const { mode = 'replace', validFrom, validUntil } = body;
        if (mode === 'remove' && (validFrom ?? validUntil)) throw invalid('body.mode', 'must not be remove with validFrom or validUntil');
        if (validFrom && validUntil && validFrom >= validUntil) throw invalid('body.validUntil', 'must be later than validFrom');
        const how = { mode, ...(validFrom && { validFrom }), ...(validUntil && { validUntil }) };
        return userView(await assign(actorOf(context), context.caller, whoOf(body), (tx) => lockRole(tx, ref), how));
      },
    }),
  ];
}

function whoOf({ userId, email: address }: { readonly userId?: string; readonly email?: string }): UserRef {
  if (userId !== undefined && address === undefined) return { userId };
  if (address !== undefined && userId === undefined) return { email: address };
  throw invalid('body.userId', 'send either userId or email');
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid-input', { errors: [{ field, message }] });
}
