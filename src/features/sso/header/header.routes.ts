import { z } from 'zod';
import { actorOf } from '../../../platform/changes/actor.ts';
import { idField, optional } from '../../../http/input/fields.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import { loginShape, loginView } from '../../sessions/session.shape.ts';
import { providerIdField } from '../provider.shape.ts';
import type { HeaderLogins } from './header-login.ts';

export interface HeaderRouteDeps {
  readonly logins: HeaderLogins;
  /** Whether an address is a proxy of SSO_HEADER_PROXIES. */
  readonly isProxy: (address: string | null) => boolean;
}

const testedShape = z.object({ testId: z.string(), result: z.enum(['passed', 'failed']) });

/** The URL to which a trusted proxy sends a person. */
export function createHeaderRoutes({ logins, isProxy }: HeaderRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/sso/header/:providerId', id: 'loginByHeader',
      summary: 'Log in the person whom a trusted proxy names in a header',
      description: 'It counts only from an address of `SSO_HEADER_PROXIES`, with the shared secret of the provider in the header that its '
        + 'configuration names. With `test`, the request finishes that test and opens no session.',
      input: { params: { providerId: providerIdField }, query: { test: optional(idField) } },
      output: z.union([loginShape, testedShape]),
      recordsRefusals: true,
      errors: ['sso-refused', 'identity-not-allowed', 'link-required', 'user-disabled', 'tenant-full', 'email-taken'],
      async handler(context) {
        const { input: { params: { providerId }, query: { test } }, request } = context;
        const { host, headerValues: valuesOf } = request;
        const proxied = { providerId, host, valuesOf, isFromProxy: isProxy(request.peerAddress()) };
        const actor = actorOf({ callerOrNull: null, request });
        if (test !== undefined) return { testId: test, result: await logins.test(actor, proxied, test) };
        return loginView(await logins.logIn(actor, proxied));
      },
    }),
  ];
}
