import { z } from 'zod';
import { AppError } from '../../../errors/errors.ts';
import { idField, knownEmail, optional, string } from '../../../http/input/fields.ts';
import { framePage } from '../../../http/response/page-frame.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import type { RequestFacts } from '../../../http/route/define-route.ts';
import { actorOf } from '../../../platform/changes/actor.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import { returnToField } from '../../branding/brand.shape.ts';
import { codeChallengeField, sentCodeFields, stateField } from '../../sessions/login/login-return.shape.ts';
import { loginShape, loginView } from '../../sessions/session.shape.ts';
import { tenantName } from '../../tenants/tenant.shape.ts';
import type { TenantDirectory } from '../../tenants/tenant.types.ts';
import { providerIdField } from '../provider.shape.ts';
import type { BrowserLogin } from './browser-login.ts';
import type { LoginCodes } from './codes/login-codes.service.ts';
import type { Discover } from './discover.ts';
import type { LoginRequest } from './start-login.ts';

export interface LoginRouteDeps {
  readonly login: BrowserLogin;
  readonly codes: Pick<LoginCodes, 'exchange'>;
  readonly discover: Discover;
  readonly directory: Pick<TenantDirectory, 'ofToken' | 'resolve'>;
  /** Throws `too-many-requests`. */
  readonly countDiscovery: (request: RequestFacts) => Promise<void>;
  /** PUBLIC_URL: an origin. */
  readonly publicUrl: string;
}

const startQuery = {
  providerId: optional(providerIdField), returnTo: optional(returnToField), codeChallenge: optional(codeChallengeField), state: stateField,
  loginHint: optional(string({ min: 1, max: 254 })), test: optional(idField), ticket: optional(string({ min: 1, max: 256 })),
};

/** The URLs of a login in which a browser goes to an identity provider and comes back. */
export function createLoginRoutes({ login, codes, discover, directory, countDiscovery, publicUrl }: LoginRouteDeps) {
  const host = new URL(publicUrl).hostname;
  const browserOf = ({ cookie, cookieNames }: RequestFacts) => ({ cookie, cookieNames });
  const anyone = (request: RequestFacts) => actorOf({ callerOrNull: null, request });

  return [
    defineRoute({
      method: 'GET', url: '/sso/start', id: 'startProviderLogin', summary: 'Begin a login through an identity provider, in a browser',
      description: 'Send the browser here with providerId, returnTo and codeChallenge, or with the ticket of `POST /profile/link-identity` '
        + 'or `POST /profile/confirm-identity`. After the login, the browser goes to returnTo with the parameters code and state.',
      input: { query: startQuery },
      ignoresQuery: true, output: 'redirect', errorForm: 'page', noHead: true,
      errors: [
        'provider-not-found', 'provider-inactive', 'provider-unreachable', 'link-invalid', 'return-url-not-allowed', 'too-many-requests',
      ],
      async handler({ input: { query }, request, setHeader }) {
        // The cookie belongs to the host to which the provider sends the browser back, which is no tenant's own.
        if (request.host !== host && await directory.resolve({ host: request.host }) !== defaultTenantId) {
          return { location: `${publicUrl}/sso/start?${request.rawQuery()}`, targets: [`${publicUrl}/sso/start`] };
        }
        const started = await login.start(anyone(request), requestIn(query), browserOf(request));
        if (!started.ok) throw new AppError(started.code);
        for (const cookie of started.cookies) setHeader('Set-Cookie', cookie);
        return { location: started.location, targets: [started.endpoint] };
      },
    }),
    defineRoute({
      method: 'GET', url: '/sso/callback/:providerId', id: 'finishProviderLogin',
      summary: 'Where an identity provider sends the browser back',
      input: { params: { providerId: providerIdField } },
      ignoresQuery: true, output: 'redirect', errorForm: 'page', noHead: true, recordsRefusals: true,
      errors: ['sso-refused', 'identity-not-allowed', 'link-required', 'user-disabled', 'tenant-full', 'email-taken'],
      async handler({ input: { params }, request, setHeader }) {
        const done = await login.finish(
          anyone(request), params.providerId, { ...browserOf(request), rawQuery: request.rawQuery() },
        );
        for (const cookie of done.cookies) setHeader('Set-Cookie', cookie);
        if (done.kind === 'refused') throw new AppError(done.code, { reference: done.reference });
        if (done.kind === 'login') return { location: done.location, targets: [done.returnTo] };
        const page = `${publicUrl}/sso/test-result/${done.passed ? 'passed' : 'failed'}`;
        return { location: page, targets: [page] };
      },
    }),
    defineRoute({
      method: 'GET', url: '/sso/test-result/:result', id: 'showProviderTestResult', ignoresQuery: true,
      summary: 'Page after the login of a test of an identity provider',
      input: { params: { result: idField } },
      output: 'html',
      errors: [],
      handler: ({ input: { params: { result } } }) => framePage(testPages[result === 'passed' ? 'passed' : 'failed']),
    }),
    defineRoute({
      method: 'POST', url: '/sso/discover', id: 'discoverLogin', summary: 'How a person with this e-mail address logs in',
      description: 'The answer depends on the domain of the address alone: it reveals no person.',
      input: { body: { email: knownEmail(), tenant: optional(tenantName) } },
      output: z.object({
        ways: z.array(z.enum(['password', 'provider'])),
        provider: z.object({ providerId: z.string(), providerName: z.string() }).optional(),
      }),
      errors: ['too-many-requests'],
      async handler({ input: { body }, request }) {
        await countDiscovery(request);
        const { ways, provider } = await discover({ ...body, host: request.host });
        return { ways: [...ways], ...(provider && { provider: { ...provider } }) };
      },
    }),
    defineRoute({
      method: 'POST', url: '/users/exchange-code', id: 'exchangeLoginCode',
      summary: 'Exchange the code of a login through an identity provider for tokens',
      description: 'A code works once, for 60 s, with the verifier whose challenge began the login.',
      input: { body: sentCodeFields },
      output: loginShape,
      recordsRefusals: true,
      errors: ['code-invalid'],
      async handler({ input: { body }, request }) {
        const tenantId = await directory.ofToken(body.code, request.host);
        return loginView(await codes.exchange(actorOf({ callerOrNull: null, request }, tenantId), body));
      },
    }),
  ];
}

/** The three forms of a start. Throws `invalid-input` for anything else. */
function requestIn(query: {
  readonly providerId?: string | undefined; readonly returnTo?: string | undefined; readonly codeChallenge?: string | undefined;
  readonly state?: string | undefined; readonly loginHint?: string | undefined; readonly test?: string | undefined;
  readonly ticket?: string | undefined;
}): LoginRequest {
  const { providerId, returnTo, codeChallenge, state, loginHint, test, ticket } = query;
  const sent = Object.values(query).filter((value) => value !== undefined).length;
  if (ticket !== undefined && sent === 1) return { ticket };
  if (providerId !== undefined && test !== undefined && sent === 2) return { providerId, test };
  if (providerId !== undefined && returnTo !== undefined && codeChallenge !== undefined && test === undefined && ticket === undefined) {
    return { providerId, returnTo, codeChallenge, ...(state !== undefined && { state }), ...(loginHint !== undefined && { loginHint }) };
  }
  throw new AppError('invalid-input', { errors: [{
    field: 'query', message: 'must have providerId, returnTo and codeChallenge; or ticket alone; or providerId and test alone',
  }] });
}

const testPages = {
  passed: {
    title: 'The test passed',
    body: '<h1>The test passed</h1>\n<p>This login would get in. You can close this page and activate the identity provider.</p>',
  },
  failed: {
    title: 'The test failed',
    body: '<h1>The test failed</h1>\n<p>Close this page and load the test again: its steps say which check failed.</p>',
  },
};
