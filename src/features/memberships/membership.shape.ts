import { z } from 'zod';
import { patternLimits, splitResource } from '../../engine/policies/resource-pattern.ts';
import { custom, string } from '../../http/input/fields.ts';
import { roleRefFields } from '../roles/role.shape.ts';
import type { Membership } from './membership.model.ts';

export const membershipShape = z.object({
  membershipId: z.string(),
  userId: z.string(),
  resource: z.string(),
  roleId: z.string(),
}).meta({ id: 'Membership' });

export function membershipView({ _id, userId, resource, roleId }: Membership) {
  return { membershipId: _id, userId, resource, roleId };
}

export const userIdField = string({ min: 1, max: 64 });

const namePart = '[^/*\\s]+';

/** The name of one resource, such as `projects/64f0c0ffee`. */
export const resourceField = custom<string>({
  json: { type: 'string', minLength: 1, maxLength: patternLimits.characters, pattern: `^${namePart}(?:/${namePart})*$` },
  parse(value, refuse) {
    if (typeof value === 'string' && value.length <= patternLimits.characters && splitResource(value)) return value;
    return refuse(
      `must name one resource, such as projects/7, in at most ${patternLimits.characters} characters: `
      + 'no wildcards and no slash at its start',
    );
  },
});

/** The fields that name one membership: a user, a resource and a role. */
export const membershipFields = { userId: userIdField, resource: resourceField, ...roleRefFields };
