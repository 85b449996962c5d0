import { z } from 'zod';
import type { Caller } from '../../engine/caller.ts';
import { actorOf } from '../../platform/changes/actor.ts';
import { AppError } from '../../errors/errors.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { boolean, idField, knownEmail, optional, password, string } from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import type { TenantDirectory } from '../tenants/tenant.types.ts';
import { tenantName } from '../tenants/tenant.shape.ts';
import { deviceCookieName } from './login/device-cookie.ts';
import { returnToField } from '../branding/brand.shape.ts';
import type { LogIn } from './login/login.service.ts';
import type { Refresh } from './refresh.service.ts';
import type { Session, SessionAuth } from './session.model.ts';
import type { SessionService } from './session.types.ts';
import { loginShape, loginView, sessionShape, sessionView } from './session.shape.ts';

export interface SessionRouteDeps {
  readonly logIn: LogIn;
  readonly refresh: Refresh;
  readonly sessions: SessionService;
  readonly tenants: Pick<TenantDirectory, 'resolve' | 'requireHostFor'>;
  /** Throws `target-outranks-caller`, `user-not-found`, `client-not-found`. */
  readonly requireMayActOn: (caller: Caller, session: Session) => Promise<unknown>;
  /** Throws `return-url-not-allowed`. */
  readonly requireReturnUrl: (tenantId: string, url: string | undefined) => Promise<void>;
  /** The address that ends the session of the identity provider too; undefined if there is none. */
  readonly logoutUrlOf: (auth: SessionAuth, returnTo: string | undefined) => Promise<string | undefined>;
}

const sessionPage = pageOf(sessionShape);

/** The URLs for login, logout and the lists of sessions. */
export function createSessionRoutes(
  { logIn, refresh, sessions, tenants, requireMayActOn, requireReturnUrl, logoutUrlOf }: SessionRouteDeps,
) {
  return [
    defineRoute({
      method: 'POST', url: '/users/refresh', id: 'refreshTokens',
      summary: 'Exchange a refresh token for its successor and a new access token',
      input: { body: { refresh_token: string({ min: 1, max: 256 }) } },
      output: loginShape,
      errors: ['refresh-token-invalid', 'token-of-other-tenant', 'session-ended', 'user-disabled'],
      async handler(context) {
        const { input: { body }, request } = context;
        await tenants.requireHostFor(body.refresh_token, request.host);
        return loginView(await refresh(actorOf(context), body.refresh_token));
      },
    }),
    ...([['/users/login', 'loginUser'], ['/login', 'loginUserAtRoot']] as const).map(([url, id]) => defineRoute({
      method: 'POST', url, id, summary: 'Log in with e-mail address and password',
      description: 'tenant is the name of the tenant. It is needed if neither the host name nor the address names the tenant. Sets the '
        + `cookie "${deviceCookieName}". The cookie gives no access: failed logins of others do not slow down a login that sends it.`,
      input: { body: { email: knownEmail(), password: password(), tenant: optional(tenantName) } },
      output: loginShape,
      recordsRefusals: true,
      errors: [
        'invalid-credentials', 'login-method-closed', 'too-many-requests', 'password-queue-full', 'users-unreachable', 'email-taken',
        'tenant-full',
      ],
      async handler(context) {
        const { input: { body }, request, setHeader } = context;
        const { deviceCookie, ...opened } = await logIn(actorOf(
          context, await tenants.resolve({ ...body, host: request.host }),
        ), body.email, body.password, request.cookie(deviceCookieName));
        setHeader('Set-Cookie', deviceCookie);
        return loginView(opened);
      },
    })),
    defineRoute({
      method: 'POST', url: '/users/logout', id: 'logoutUser', summary: 'End the session of this token',
      description: 'With provider, the answer has the address at which the browser ends the session of the identity provider too. It goes '
        + 'on to returnTo, which must be a return URL here and at the provider. Without such an address, the answer is 204.',
      input: { body: { provider: optional(boolean()), returnTo: optional(returnToField) } },
      output: z.object({ logoutUrl: z.string() }).optional(),
      errors: ['session-not-found', 'return-url-not-allowed'],
      async handler(context) {
        const { caller: { tenantId, sessionId }, input: { body } } = context;
        await requireReturnUrl(tenantId, body.returnTo);
        const { auth } = await sessions.find(tenantId, sessionId);
        const logoutUrl = body.provider === true && auth ? await logoutUrlOf(auth, body.returnTo) : undefined;
        await sessions.end(actorOf(context), sessionId, 'session.logout');
        return logoutUrl === undefined ? undefined : { logoutUrl };
      },
    }),
    defineRoute({
      method: 'GET', url: '/profile/sessions', id: 'listOwnSessions', summary: 'List one\'s own sessions',
      input: { query: pageFields },
      output: sessionPage,
      errors: [],
      async handler({ input, caller }) {
        const { items, nextCursor } = await sessions.load(caller.tenantId, { userId: caller.userId }, input.query);
        return { items: items.map((session) => sessionView(session, caller.sessionId)), nextCursor };
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/profile/sessions/:sessionId', id: 'endOwnSession', summary: 'End one of one\'s own sessions',
      input: { params: { sessionId: idField } },
      errors: ['session-not-found'],
      async handler(context) {
        const { sessionId } = context.input.params;
        const session = await sessions.find(context.caller.tenantId, sessionId);
        // Another user's session is answered like a missing one, so that nobody can find sessions of others.
        if (session.userId !== context.caller.userId) throw new AppError('session-not-found');
        await sessions.end(actorOf(context), sessionId, 'session.end');
        return undefined;
      },
    }),
    defineRoute({
      method: 'GET', url: '/admin/load-sessions', id: 'listSessions', summary: 'List sessions of all users and clients, or of one',
      actsInTenant: true,
      input: { query: { ...pageFields, userId: optional(idField) } },
      output: sessionPage,
      errors: [],
      async handler({ input: { query: { userId, ...page } }, caller }) {
        const { items, nextCursor } = await sessions.load(caller.tenantId, userId === undefined ? {} : { userId }, page);
        return { items: items.map((session) => sessionView(session, caller.sessionId)), nextCursor };
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/admin/delete-session/:sessionId', id: 'endSession',
      summary: 'End a session of any user or client that does not outrank the caller',
      actsInTenant: true,
      input: { params: { sessionId: idField } },
      errors: ['session-not-found', 'target-outranks-caller', 'user-not-found', 'client-not-found'],
      async handler(context) {
        const { sessionId } = context.input.params;
        const session = await sessions.find(context.caller.tenantId, sessionId);
        await requireMayActOn(context.caller, session);
        await sessions.end(actorOf(context), sessionId, 'session.end');
        return undefined;
      },
    }),
  ];
}
