import type { z } from 'zod';
import type { createAccountRoutes } from '../../../src/features/accounts/account.routes.ts';
import type { createConfirmIdentityRoutes } from '../../../src/features/accounts/proofs/confirm-identity.routes.ts';
import type { createProfileRoutes } from '../../../src/features/accounts/profile.routes.ts';
import type { createAuditRoutes } from '../../../src/features/audit/audit.routes.ts';
import type { createClientRoutes } from '../../../src/features/clients/client.routes.ts';
import type { createOAuthRoutes } from '../../../src/features/clients/oauth/oauth.routes.ts';
import type { createPermissionRoutes } from '../../../src/features/decisions/decision.routes.ts';
import type { createDomainRoutes } from '../../../src/features/domains/domain.routes.ts';
import type { createGroupRoutes } from '../../../src/features/groups/group.routes.ts';
import type { createIdentityRoutes } from '../../../src/features/identities/identity.routes.ts';
import type { createMembershipRoutes } from '../../../src/features/memberships/membership.routes.ts';
import type { createPreviewRoutes } from '../../../src/features/preview/preview.routes.ts';
import type { createRoleRoutes } from '../../../src/features/roles/role.routes.ts';
import type { createSessionRoutes } from '../../../src/features/sessions/session.routes.ts';
import type { createLoginRoutes } from '../../../src/features/sso/login/login.routes.ts';
import type { createOwnIdentityRoutes } from '../../../src/features/sso/login/own-identity.routes.ts';
import type { createLogoutRoutes } from '../../../src/features/sso/logout/logout.routes.ts';
import type { createProviderRoutes } from '../../../src/features/sso/provider.routes.ts';
import type { createHeaderRoutes } from '../../../src/features/sso/header/header.routes.ts';
import type { createSetUpRoutes } from '../../../src/features/sso/setup/set-up.routes.ts';
import type { createLoginTraceRoutes } from '../../../src/features/sso/traces/login-trace.routes.ts';
import type { createValidateTokenRoutes } from '../../../src/features/sso/tokens/validate-token.routes.ts';
import type { createProviderTestRoutes } from '../../../src/features/sso/trials/provider-test.routes.ts';
import type { createDocsRoutes } from '../../../src/features/system/docs.routes.ts';
import type { createMetricsRoutes } from '../../../src/features/system/metrics.routes.ts';
import type { createSystemRoutes } from '../../../src/features/system/system.routes.ts';
import type { createTenantRoutes } from '../../../src/features/tenants/tenant.routes.ts';
import type { createAssignmentRoutes } from '../../../src/features/users/assignments/assignment.routes.ts';
import type { createSuperadminRoutes } from '../../../src/features/users/superadmin/superadmin.routes.ts';
import type { createUserRoutes } from '../../../src/features/users/user.routes.ts';
import type { Problem } from '../../../src/errors/errors.ts';
import type { Method } from '../../../src/engine/urls/method.ts';
import type { Field, Fields } from '../../../src/http/input/field.ts';
import type { RouteInput } from '../../../src/http/input/read-input.ts';
import type { RouteDefinition, RouteOutput } from '../../../src/http/route/define-route.ts';

// The types of what each URL takes and answers, derived from the route definitions.

type Route = (
  | ReturnType<typeof createAccountRoutes>
  | ReturnType<typeof createAssignmentRoutes>
  | ReturnType<typeof createAuditRoutes>
  | ReturnType<typeof createClientRoutes>
  | ReturnType<typeof createConfirmIdentityRoutes>
  | ReturnType<typeof createLoginRoutes>
  | ReturnType<typeof createOwnIdentityRoutes>
  | ReturnType<typeof createLogoutRoutes>
  | ReturnType<typeof createDocsRoutes>
  | ReturnType<typeof createDomainRoutes>
  | ReturnType<typeof createGroupRoutes>
  | ReturnType<typeof createLoginTraceRoutes>
  | ReturnType<typeof createHeaderRoutes>
  | ReturnType<typeof createIdentityRoutes>
  | ReturnType<typeof createMembershipRoutes>
  | ReturnType<typeof createMetricsRoutes>
  | ReturnType<typeof createOAuthRoutes>
  | ReturnType<typeof createPermissionRoutes>
  | ReturnType<typeof createPreviewRoutes>
  | ReturnType<typeof createProfileRoutes>
  | ReturnType<typeof createProviderRoutes>
  | ReturnType<typeof createProviderTestRoutes>
  | ReturnType<typeof createRoleRoutes>
  | ReturnType<typeof createSessionRoutes>
  | ReturnType<typeof createSetUpRoutes>
  | ReturnType<typeof createSuperadminRoutes>
  | ReturnType<typeof createSystemRoutes>
  | ReturnType<typeof createTenantRoutes>
  | ReturnType<typeof createUserRoutes>
  | ReturnType<typeof createValidateTokenRoutes>
)[number];

/** A URL pattern as a type: each parameter stands for any text. */
type PathOf<U extends string> = U extends `${infer Head}:${string}/${infer Rest}` ? `${Head}${string}/${PathOf<Rest>}`
  : U extends `${infer Head}:${string}` ? `${Head}${string}` : U;

/** Every route by its method and path. */
type Routes = { readonly [R in Route as `${R['method']} ${PathOf<R['url']>}`]: R };

type WithoutQuery<P extends string> = P extends `${infer Path}?${string}` ? Path : P;

/** The route at a path; never for a path that no route has, or whose type is no more than string. */
type RouteAt<M extends string, P extends string> = string extends P ? never
  : `${M} ${WithoutQuery<P>}` extends infer K extends keyof Routes ? Routes[K] : never;

/** A value as JSON carries it. */
type Json<T> = T extends Date ? string
  : T extends readonly (infer E)[] ? readonly Json<E>[]
    : T extends object ? { readonly [N in keyof T]: Json<Exclude<T[N], undefined>> } : T;

type OptionalField<F extends Fields> = { [N in keyof F]: F[N] extends Field<unknown, 'required'> ? never : N }[keyof F];
type FieldValue<F> = F extends Field<infer T> ? Json<T> : never;

/** The fields of a body as a client sends them: those with a default may be left out. */
type SentFields<F extends Fields> =
  & { readonly [N in Exclude<keyof F, OptionalField<F>>]: FieldValue<F[N]> }
  & { readonly [N in OptionalField<F>]?: FieldValue<F[N]> | undefined };

type NoBody = Readonly<Record<string, never>> | undefined;
type BodyOfInput<I> = I extends { readonly body: infer B }
  ? (B extends Field<infer T> ? Json<T> : B extends Fields ? SentFields<B> : never)
  : NoBody;
type AnswerOfOutput<O extends RouteOutput> = O extends z.ZodType ? Json<z.output<O>> : string;

/** Statuses of answers that are no error. A redirect has an empty text as its body. */
export type SuccessStatus = 200 | 201 | 202 | 204 | 303;

/** What a request to this URL must send to succeed; unknown where no route is known. */
export type BodyAt<M extends string, P extends string> = [RouteAt<M, P>] extends [never] ? unknown : BodyOfInput<RouteAt<M, P>['input']>;

/** The answer of a request to this URL that succeeds; unknown where no route is known. */
type SuccessAt<M extends string, P extends string> = [RouteAt<M, P>] extends [never] ? unknown
  : RouteAt<M, P> extends RouteDefinition<Method, string, RouteInput, infer O> ? AnswerOfOutput<O> : unknown;

/** The body of an answer with this status; unknown unless the status is told. */
export type AnswerAt<M extends string, P extends string, S extends number> =
  number extends S ? unknown : S extends SuccessStatus ? SuccessAt<M, P> : Problem;

/** What may be sent: anything, unless it is expected to succeed. */
export type SentAt<M extends string, P extends string, S extends number> =
  number extends S ? unknown : S extends SuccessStatus ? BodyAt<M, P> : unknown;
