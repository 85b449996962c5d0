import { z } from 'zod';
import { attributeName } from '../../engine/policies/subject-attributes.ts';
import { boundedList } from '../../http/input/bounded-list.ts';
import { isPlainText } from '../../http/input/fields.ts';
import type { AttributeMapping, Provisioning, RoleMappingEntry } from './identity.types.ts';

/** The limits of the mappings of one provider. */
const mappingLimits = { attributes: 30, sources: 10, roles: 500, characters: 256 } as const;

const text = (message: string) => z.string(message).min(1, message).max(mappingLimits.characters, message)
  .refine(isPlainText, { error: message });

const source = text('must be the name of a claim, or a JSON Pointer that begins with /')
  .refine((name) => !name.startsWith('/') || !/~(?![01])/.test(name), 'must have ~0 for ~ and ~1 for /, as JSON Pointers do');

const flag = z.boolean('must be true or false');
const separator = 'must be a text of 1 to 8 characters';
const index = 'must be a whole number from 0 to 99';

const sourceRule = z.strictObject({
  from: z.union([source, boundedList(source, { min: 1, max: mappingLimits.sources })], 'must be a source, or a list of sources'),
  split: z.string(separator).min(1, separator).max(8, separator).exactOptional(),
  prefix: text('must be a text of 1 to 256 characters').exactOptional(),
  cn: flag.exactOptional(),
  lower: flag.exactOptional(),
  take: z.number(index).int(index).min(0, index).max(99, index).exactOptional(),
});
const mappedFrom = z.union([source, sourceRule], 'must be the name of a claim, a JSON Pointer that begins with /, or an object with from');

const declaredName = attributeName.source.slice(1, -1); // without ^ and $
const targets = ['subject', 'email', 'emailVerified', 'username', 'firstName', 'lastName', 'department', 'groups', 'roles'];
const target = z.string().regex(
  new RegExp(`^(?:${targets.join('|')}|attributes\\.${declaredName})$`),
  `must be one of ${targets.join(', ')}, or attributes.NAME`,
);

/** An attribute mapping as it is sent, stored and answered. */
export const attributeMappingShape: z.ZodType<AttributeMapping> = z.record(target, mappedFrom, 'must be an object')
  .refine((mapping) => Object.keys(mapping).length <= mappingLimits.attributes, `must have at most ${mappingLimits.attributes} entries`);

const anyRole = 'must be the roleId of a role';
const role = z.string(anyRole).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, anyRole);
const group = text('must be the name of a group').refine(
  (name) => !name.slice(1, -1).includes('*') && name !== '**' && !/^\*.+\*$/.test(name), 'may have one * at its beginning or at its end',
);
const otherSource = 'must be roles, department or attributes.NAME';
const from = z.string(otherSource).regex(new RegExp(`^(?:roles|department|attributes\\.${declaredName})$`), otherSource);
const entry = z.union([
  z.strictObject({ group, role }), z.strictObject({ from, equals: text('must be a text of 1 to 256 characters'), role }),
], 'must have group and role, or from, equals and role');

/** A role mapping as it is sent, stored and answered. */
export const roleMappingShape: z.ZodType<RoleMappingEntry[]> = boundedList(entry, { max: mappingLimits.roles });

/** The rules for persons whom Gatehouse does not know yet, as they are sent, stored and answered. */
export const provisioningShape: z.ZodType<Provisioning> = z.strictObject({
  create: flag.exactOptional(),
  createFromToken: flag.exactOptional(),
  trustsEmail: flag.exactOptional(),
  linkByEmail: z.literal('verified-domain', 'must be verified-domain').exactOptional(),
  defaultRole: role.exactOptional(),
  unmatched: z.enum(['default', 'refuse'], 'must be default or refuse').exactOptional(),
}, 'must be an object');
