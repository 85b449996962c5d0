import { z } from 'zod';
import { isMethod, methods } from '../../engine/urls/method.ts';
import { policyLimits } from '../../engine/policies/policy.ts';
import type { RightInput } from '../../engine/grants/right.ts';
import { AppError } from '../../errors/errors.ts';
import { boolean, custom, list, optional, string } from '../../http/input/fields.ts';
import type { Refuse } from '../../http/input/fields.ts';
import { policyList, policyShape } from '../policies/policy.shape.ts';
import { maxRights } from './role.model.ts';
import type { RoleRef } from './role.types.ts';

/** A right as it is shown. */
export const rightShape = z.object({
  name: z.string(),
  path: z.string(),
  url: z.string(),
  methods: z.array(z.string()).optional(),
  access: z.enum(['simple', 'auth', 'config']),
  stale: z.boolean().optional(),
});

export const roleShape = z.object({
  roleId: z.string(),
  type: z.string(),
  name: z.string(),
  description: z.string(),
  rights: z.array(rightShape),
  permissions: z.array(z.string()),
  policies: z.array(policyShape),
  inherits: z.array(z.string()),
  isSystemRole: z.boolean(),
  isDefault: z.boolean(),
  version: z.number().int(),
});

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** What a roleId or a type may be. */
export const roleName = string({ min: 1, max: 64, pattern: namePattern });

/** The two ways to name a role; exactly one is to be sent. */
export const roleRefFields = { roleId: optional(roleName), type: optional(roleName) };

/** The role that is named. Throws `invalid-input` unless it is named in exactly one way. */
export function refOf({ roleId, type }: { readonly roleId?: string; readonly type?: string }): RoleRef {
  if (roleId !== undefined && type === undefined) return { roleId };
  if (type !== undefined && roleId === undefined) return { type };
  throw new AppError('invalid-input', { errors: [{ field: 'roleId', message: 'send either roleId or type' }] });
}

/** What a role may hold besides rights, each absent where it stays as it is. */
export const contentFields = {
  name: optional(string({ min: 1, max: 128 })),
  description: optional(string({ max: 1_024 })),
  permissions: optional(list(string({ min: 3, max: 321 }), { max: policyLimits.permissions })),
  policies: optional(policyList),
  inherits: optional(list(roleName, { max: 100 })),
  isDefault: optional(boolean()),
};

/** A list of rights as they may be written: URLs, `{ url, methods? }`, or full right objects. */
export const rightList = custom<RightInput[]>({
  json: {
    type: 'array',
    maxItems: maxRights,
    items: {
      anyOf: [
        { type: 'string' },
        {
          type: 'object',
          required: ['url'],
          properties: { url: { type: 'string' }, methods: { type: 'array', items: { enum: methods } }, name: { type: 'string' }, path: { type: 'string' } },
        },
      ],
    },
  },
  parse(value, refuse) {
    if (!Array.isArray(value)) return refuse('must be a list of URLs or rights');
    if (value.length > maxRights) return refuse(`must have at most ${maxRights} items`);
    return value.map((item: unknown, index) => parseRight(item, `[${index}]`, refuse));
  },
});

// A full right object as a list shows it has more fields than are needed to name it; they follow from the URL.
function parseRight(item: unknown, at: string, refuse: Refuse): RightInput {
  if (typeof item === 'string') return parseUrl(item, at, refuse);
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return refuse('must be a URL or an object with a url', at);
  const known = ['url', 'methods', 'name', 'path', 'access', 'stale'];
  const unknown = Object.keys(item).find((name) => !known.includes(name));
  if (unknown !== undefined) return refuse('is an unknown field', `${at}.${unknown}`);
  const { url, methods: list } = item as { url?: unknown; methods?: unknown };
  const parsed = parseUrl(url, `${at}.url`, refuse);
  if (list === undefined) return { url: parsed };
  if (!Array.isArray(list) || list.length === 0 || list.length > methods.length) return refuse('must be a list of methods', `${at}.methods`);
  return { url: parsed, methods: list.map((method: unknown) => (typeof method === 'string' && isMethod(method) ? method : refuse(`must be of ${methods.join(', ')}`, `${at}.methods`))) };
}

function parseUrl(url: unknown, at: string, refuse: Refuse): string {
  return typeof url === 'string' && url.length <= 2_048 ? url : refuse('must be a URL of at most 2048 characters', at);
}
