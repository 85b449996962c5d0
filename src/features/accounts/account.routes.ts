import { actorOf } from '../../platform/changes/actor.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import type { HandlerContext } from '../../http/route/define-route.ts';
import { email, knownEmail, optional, password, string } from '../../http/input/fields.ts';
import { brandShape, brandView, returnToField, returnUrlShape } from '../branding/brand.shape.ts';
import type { Brands, ReturnUrls } from '../branding/brand.types.ts';
import { tenantName } from '../tenants/tenant.shape.ts';
import type { TenantDirectory, TenantHints } from '../tenants/tenant.types.ts';
import { languageField, userView, userShape } from '../users/user.shape.ts';
import { confirmPage } from './confirm-page.ts';
import type { PasswordResetService } from './password-reset.service.ts';
import type { Register } from './registration.service.ts';
import type { VerificationService } from './verification.service.ts';

export interface AccountRouteDeps {
  readonly register: Register;
  readonly verification: VerificationService;
  readonly passwordReset: PasswordResetService;
  readonly brands: Brands;
  readonly returnUrls: ReturnUrls;
  readonly tenants: Pick<TenantDirectory, 'resolve' | 'resolveExisting' | 'ofToken'>;
}

const tokenField = string({ min: 1, max: 256 });
const nameField = string({ min: 1, max: 128, trim: true });

/** The URLs for people who are not logged in: to register, to confirm an address, and to reset a password. */
export function createAccountRoutes({ register, verification, passwordReset, brands, returnUrls, tenants }: AccountRouteDeps) {
  type Context = Pick<HandlerContext<object>, 'callerOrNull' | 'request'>;
  const actorFor = async (context: Context, named: Omit<TenantHints, 'host'>) => actorOf(
    context, await tenants.resolve({ ...named, host: context.request.host }),
  );
  const actorWith = async (context: Context, token: string) => actorOf(context, await tenants.ofToken(token, context.request.host));

  return [
    defineRoute({
      method: 'POST', url: '/users/register', id: 'registerUser',
      summary: 'Register as a guest. A mailed link confirms the address', status: 201,
      input: { body: {
        email: email(), password: password(), username: optional(nameField), firstName: optional(nameField), lastName: optional(nameField),
        language: optional(languageField), tenant: optional(tenantName), returnTo: optional(returnToField),
      } },
      output: userShape,
      errors: [
        'tenant-not-found', 'return-url-not-allowed', 'email-taken', 'tenant-full', 'weak-password', 'too-many-requests',
        'password-queue-full',
      ],
      async handler(context) {
        const { tenant, ...user } = context.input.body;
        const tenantId = await tenants.resolveExisting(
          { email: user.email, host: context.request.host, ...(tenant !== undefined && { tenant }) },
        );
        await returnUrls.require(tenantId, user.returnTo);
        return userView(await register(actorOf(context, tenantId), user));
      },
    }),
    defineRoute({
      method: 'POST', url: '/users/verify-email', id: 'verifyEmail',
      summary: 'Confirm an address with the mailed token and the password of the account',
      input: { body: { token: tokenField, password: password() } },
      output: userShape.extend(returnUrlShape.shape),
      errors: ['link-invalid', 'wrong-password', 'email-taken', 'too-many-requests', 'password-queue-full'],
      async handler(context) {
        const actor = await actorWith(context, context.input.body.token);
        const { user, returnTo } = await verification.verify(actor, context.input.body);
        return { ...userView(user), ...await returnUrls.choose(actor.tenantId, returnTo) };
      },
    }),
    defineRoute({
      method: 'POST', url: '/users/resend-verification', id: 'resendVerification', summary: 'Mail the link again, if a user needs it',
      status: 202,
      input: { body: { email: knownEmail(), tenant: optional(tenantName), returnTo: optional(returnToField) } },
      errors: ['return-url-not-allowed', 'too-many-requests'],
      async handler(context) {
        const { returnTo, ...named } = context.input.body;
        const actor = await actorFor(context, named);
        await returnUrls.require(actor.tenantId, returnTo);
        await verification.resend(actor, named.email, returnTo);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST', url: '/users/forgot-password', id: 'forgotPassword',
      summary: 'Mail a link to set a new password, if a user has the address',
      status: 202,
      input: { body: { email: knownEmail(), tenant: optional(tenantName), returnTo: optional(returnToField) } },
      errors: ['return-url-not-allowed', 'too-many-requests'],
      async handler(context) {
        const { returnTo, ...named } = context.input.body;
        const actor = await actorFor(context, named);
        await returnUrls.require(actor.tenantId, returnTo);
        await passwordReset.forgot(actor, named.email, returnTo);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST', url: '/users/reset-password', id: 'resetPassword',
      summary: 'Set the password with the mailed token, and end every session of the user',
      input: { body: { token: tokenField, password: password() } },
      output: returnUrlShape,
      errors: ['link-invalid', 'weak-password', 'password-queue-full'],
      async handler(context) {
        const actor = await actorWith(context, context.input.body.token);
        return returnUrls.choose(actor.tenantId, await passwordReset.reset(actor, context.input.body));
      },
    }),
    defineRoute({
      method: 'GET', url: '/users/confirm', id: 'showConfirmPage', ignoresQuery: true,
      summary: 'Page behind mailed links. It asks for the password and sends it',
      output: 'html',
      errors: [],
      handler: () => confirmPage,
    }),
    defineRoute({
      method: 'POST', url: '/users/link-branding', id: 'loadLinkBranding', summary: 'The name and look for the page of a link',
      description: 'Only the tenant in the token is read, so the answer does not show whether the token is valid. Without a token of an '
        + 'active tenant, the host decides.',
      input: { body: { token: optional(tokenField) } },
      output: brandShape,
      errors: [],
      async handler({ input: { body: { token = '' } }, request: { host } }) {
        const ofToken = await brands.of(await tenants.ofToken(token, host));
        return brandView(ofToken ?? await brands.of(await tenants.resolve({ host })) ?? brands.own);
      },
    }),
  ];
}
