import { createHash } from 'node:crypto';
import { z } from 'zod';
import { writeCause, writeExplanation } from '../../engine/explanation.ts';
import { superadminPermission } from '../../engine/grants/token-grants.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import type { Right } from '../../engine/grants/right.ts';
import { methods } from '../../engine/urls/method.ts';
import { AppError } from '../../errors/errors.ts';
import { either } from '../../http/route/body-rules.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { custom, optional, string } from '../../http/input/fields.ts';
import { faultsOf } from '../../http/input/from-zod.ts';
import { pageFields } from '../../http/route/page-shape.ts';
import { causeShape, checkList, decisionShape, explanationShape, writtenQuestion } from './check.shape.ts';
import type { Question } from './check.shape.ts';
import type { PermissionService } from './decision.service.ts';
import { policyShape, policyView } from '../policies/policy.shape.ts';
import { storedRight } from '../policies/right.shape.ts';

export interface PermissionRouteDeps {
  readonly permissions: PermissionService;
  /** The rights of a list that open a URL at this moment; for a superadmin, a right to every registered URL. */
  readonly goodRights: (rights: readonly Right[], isSuperadmin: boolean) => readonly Pick<Right, 'url' | 'methods'>[];
}

const effectiveGrantsShape = z.object({
  roles: z.array(z.object({ roleId: z.string(), type: z.string(), name: z.string() })),
  rights: z.array(storedRight.pick({ url: true, methods: true })),
  permissions: z.array(z.string()),
  policies: z.array(policyShape),
  isSuperadmin: z.boolean(),
}).meta({ id: 'EffectiveGrants' });

/** The first step from the user to the grant. */
const viaShape = z.object({ kind: z.enum(['role', 'group', 'membership', 'provider', 'asserted-group']), id: z.string() });

const userIdField = string({ min: 1, max: 64 });
const field = optional(string({ min: 1, max: 2_048 }));
/** `questionOf` validates them, with the rest of the question. */
const attributesField = optional(custom<unknown>({ json: { type: 'object' }, parse: (value) => value }));

const question = either(
  { needs: ['action', 'resource'], without: ['method', 'url'], limits: { action: { maxLength: 64 } } },
  { needs: ['method', 'url'], without: ['action', 'resource', 'attributes'], limits: { method: { enum: methods } } },
);

/** Creates the routes that say what users may do. */
export function createPermissionRoutes({ permissions, goodRights }: PermissionRouteDeps) {
  async function effectiveView(tenantId: string, userId: string) {
    const { roles, granted } = await permissions.effectiveGrantsOf(tenantId, userId);
    const { rights, permissions: names, policies, isSuperadmin } = grantSetOf(granted);
    return {
      roles, isSuperadmin,
      rights: goodRights(rights, isSuperadmin).map(({ url, methods }) => ({ url, ...(methods && { methods: [...methods] }) })),
      permissions: [...(isSuperadmin ? [superadminPermission] : []), ...names],
      policies: policies.map(policyView),
    };
  }

  return [
    defineRoute({
      method: 'GET', url: '/permissions', id: 'getOwnPermissions', summary: 'What the caller may do',
      description: 'Roles, rights, permissions and policies of the caller. A front end can show and hide its features by them. '
        + 'The answer is 304 if nothing has changed since the answer whose ETag is in If-None-Match.',
      output: effectiveGrantsShape,
      errors: ['user-not-found'],
      hasEtag: true,
      cacheControl: 'private, no-cache',
      async handler({ caller, setHeader }) {
        const view = await effectiveView(caller.tenantId, caller.userId);
        setHeader('ETag', `"${createHash('sha256').update(JSON.stringify(view)).digest('base64url')}"`);
        return view;
      },
    }),
    defineRoute({
      method: 'POST', url: '/permissions/check', id: 'checkPermissions', summary: 'Decide up to 1,000 questions at once',
      actsInTenant: true,
      description: 'Each question is about an action on a resource, or about a method and a URL. '
        + 'Questions about other users need the right to POST /permissions/explain. The answers are in the order of the questions.',
      input: { body: { checks: checkList } },
      output: z.object({ decisions: z.array(decisionShape) }),
      errors: ['right-missing'],
      maxBodyBytes: 512 * 1_024,
      async handler({ input: { body: { checks } }, caller, request }) {
        return { decisions: await permissions.check(caller, checks, request.ip) };
      },
    }),
    defineRoute({
      method: 'POST', url: '/permissions/explain', id: 'explainPermission', summary: 'Say why a user may or may not do something',
      actsInTenant: true,
      description: 'Send action and resource, or method and url. '
        + 'With a resource, send also its attributes if conditions of policies compare them.',
      input: { body: { userId: userIdField, action: field, resource: field, attributes: attributesField, method: field, url: field } },
      bodyRules: [question],
      output: explanationShape,
      errors: ['user-not-found'],
      async handler({ input: { body }, caller }) {
        const { userId, ...sent } = body;
        const explained = await permissions.explain(caller, userId, questionOf(sent));
        if ('reason' in explained) {
          if (explained.reason === 'user-not-found') throw new AppError('user-not-found');
          return { allowed: false, reason: explained.reason, by: null, chain: [{ kind: 'user' as const, id: userId }] };
        }
        return writeExplanation(userId, explained.explanation);
      },
    }),
    defineRoute({
      method: 'POST', url: '/permissions/who-can', id: 'listWhoCan', summary: 'Which users may do something',
      actsInTenant: true,
      description: 'Send action and resource, or method and url. '
        + 'With a resource, send also its attributes if conditions of policies compare them. '
        + 'via is the role, group or membership of the user that gives it. '
        + 'count is the number of users who are allowed; 10,000 also means more. '
        + 'complete is true if all active users were checked and no unknown attribute or address could allow one more user.',
      input: { body: { action: field, resource: field, attributes: attributesField, method: field, url: field, ...pageFields } },
      bodyRules: [question],
      output: z.object({ items: z.array(
        z.object({ userId: z.string(), email: z.string().optional(), by: causeShape.nullable(), via: viaShape.nullable() }),
      ), nextCursor: z.string().nullable(), complete: z.boolean(), count: z.number().int() }),
      errors: ['unknown-url'],
      async handler({ input: { body: { limit, cursor, ...sent } }, caller }) {
        const { items, ...rest } = await permissions.whoCan(caller, questionOf(sent), { limit, ...(cursor !== undefined && { cursor }) });
        return { ...rest, items: items.map(
          ({ user: { _id, email }, by }) => (
            { userId: _id, ...(email !== undefined && { email }), by: by && writeCause(by), via: by?.chain[0] ?? null }),
        ) };
      },
    }),
    defineRoute({
      method: 'GET', url: '/permissions/what-can', id: 'getPermissionsOfUser', summary: 'What a user may do',
      actsInTenant: true,
      input: { query: { userId: userIdField } },
      output: effectiveGrantsShape,
      errors: ['user-not-found'],
      handler: ({ input: { query }, caller }) => effectiveView(caller.tenantId, query.userId),
    }),
  ];
}

function questionOf(sent: Readonly<Record<string, unknown>>): Question {
  const { data, error } = writtenQuestion.safeParse(sent);
  if (error) throw new AppError('invalid-input', { errors: faultsOf(error).map(({ at, message }) => ({ field: `body${at}`, message })) });
  return data;
}
