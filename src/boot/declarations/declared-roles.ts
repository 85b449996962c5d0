import { z } from 'zod';
import { exceedsComplexity } from '../../engine/grants/compiled-grants.ts';
import { findUndeclaredAttributes } from '../../engine/policies/subject-attributes.ts';
import { policyLimits } from '../../engine/policies/policy.ts';
import type { FieldError } from '../../errors/errors.ts';
import { writtenPolicy } from '../../features/policies/policy.shape.ts';
import { superadminType } from '../../features/roles/role.types.ts';
import type { RoleDeclaration } from '../../features/roles/role.types.ts';
import { findSchemaFaults } from '../../http/input/from-zod.ts';
import { maxRights } from '../../features/roles/role.model.ts';
import { didYouMean } from './near-name.ts';
import { flag, listOf, methodList, strictObject, text } from './strict-object.ts';

const typeName = text.regex(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit first',
);

const right = strictObject({
  url: text.max(2_048, 'must have at most 2048 characters'),
  methods: methodList.optional(),
  name: text.optional(),
  path: text.optional(),
}, 'must be a URL, or an object with a url');

const policy = z.unknown().superRefine((value, context) => {
  const { error } = writtenPolicy.safeParse(value);
  for (const { path, message } of error ? findSchemaFaults(error) : []) context.addIssue({ code: 'custom', path: [...path], message });
});

/** The form of one role that a deployment declares. It is the same as in requests. */
export const roleDeclarationShape = strictObject({
  type: typeName,
  name: text.min(1, 'must not be empty').max(128, 'must have at most 128 characters').optional(),
  description: text.max(1_024, 'must have at most 1024 characters').optional(),
  rights: listOf(z.preprocess((value) => (typeof value === 'string' ? { url: value } : value), right), maxRights),
  permissions: listOf(text, policyLimits.permissions).optional(),
  policies: listOf(policy, policyLimits.policies).optional(),
  inherits: listOf(text, 100).optional(),
  isDefault: flag.optional(),
});

export interface RoleSurroundings {
  /** The roles that every installation has. */
  readonly builtIn: readonly RoleDeclaration[];
  /** The types of all roles, also of built-in and faulty ones. */
  readonly types: ReadonlySet<string>;
  readonly permissions: readonly string[];
  /** The names in `subject.attributes.NAME`. */
  readonly attributes: readonly string[];
}

/** Finds faults of declared roles that depend on other declarations. `field` begins with the index of the role in brackets. */
export function findRoleFaults(roles: ReadonlyMap<number, RoleDeclaration>, surroundings: RoleSurroundings): FieldError[] {
  const { builtIn, types, permissions, attributes } = surroundings;
  const known = new Set(permissions);
  const faults: FieldError[] = [];
  const all = [...builtIn, ...roles.values()];
  for (const [index, role] of roles) {
    const add = (field: string, message: string) => void faults.push({ field: `[${index}].${field}`, message });
    const own = builtIn.find(({ type }) => type === role.type);
    if (own && role.type === superadminType) add('type', 'is the role with a right to every registered URL: nothing can be added to it');
    if ([...roles].some(([earlier, { type }]) => earlier < index && type === role.type)) add('type', `"${role.type}" is declared twice`);
    const ladder = own?.inherits ?? [];
    const isOtherLadder = own && role.inherits && !isSameList(role.inherits, ladder);
    if (isOtherLadder) add('inherits', `is not what the built-in role inherits, [${ladder.join(', ')}]: leave it out`);
    const isDefault = own?.isDefault ?? false;
    if (own && (role.isDefault ?? isDefault) !== isDefault) add('isDefault', 'differs from the built-in role: leave it out');
    for (const [place, parent] of isOtherLadder ? [] : (role.inherits ?? []).entries()) {
      const fault = parentFault(parent, role.type, types, all);
      if (fault !== undefined) add(`inherits[${place}]`, fault);
    }
    for (const [place, permission] of (role.permissions ?? []).entries()) {
      if (known.has(permission)) continue;
      add(`permissions[${place}]`, `"${permission}" is not declared in \`permissions\`${didYouMean(permission, known)}`);
    }
    for (const { field, message } of findUndeclaredAttributes(attributes, role.policies ?? [], 'policies')) add(field, message);
    if (exceedsComplexity(role.policies ?? [], role.permissions)) add('policies', tooComplex);
  }
  return faults;
}

const tooComplex = 'are too complex: use fewer or broader policies, or resource names with distinct first parts';

function parentFault(
  parent: string, type: string, types: ReadonlySet<string>, all: readonly RoleDeclaration[],
): string | undefined {
  if (!types.has(parent)) return `"${parent}" is not a declared role${didYouMean(parent, types)}`;
  if (parent === superadminType) return 'is the superadmin, which no role can inherit';
  return inheritsFrom(parent, type, all) ? `"${parent}" makes "${type}" inherit itself` : undefined;
}

/** Whether a role inherits another one, directly or through its parents. */
function inheritsFrom(type: string, ancestor: string, all: readonly RoleDeclaration[]): boolean {
  const seen = new Set([type]);
  for (const next of seen) for (const role of all) if (role.type === next) for (const parent of role.inherits ?? []) seen.add(parent);
  return seen.has(ancestor);
}

function isSameList(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((each) => second.includes(each));
}
