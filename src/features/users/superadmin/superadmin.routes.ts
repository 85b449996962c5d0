import { actorOf } from '../../../platform/changes/actor.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import { email, password, string } from '../../../http/input/fields.ts';
import { returnUrlShape } from '../../branding/brand.shape.ts';
import type { ReturnUrls } from '../../branding/brand.types.ts';
import type { SuperadminService } from './superadmin.service.ts';
import { setUpPage } from './set-up-page.ts';

/** The two URLs of the set-up link: the page, and the form that it sends. */
export function createSuperadminRoutes(
  { superadmin, returnUrls }: { readonly superadmin: SuperadminService; readonly returnUrls: Pick<ReturnUrls, 'choose'> },
) {
  return [
    defineRoute({
      method: 'GET', url: '/users/set-up-superadmin', id: 'showSetUpPage', ignoresQuery: true,
      summary: 'Page that asks for the first superadmin\'s address and password',
      output: 'html',
      errors: [],
      handler: () => setUpPage,
    }),
    defineRoute({
      method: 'POST', url: '/users/set-up-superadmin', id: 'setUpSuperadmin',
      summary: 'Set the first superadmin\'s address and password with the one-time token of the set-up link',
      input: { body: { token: string({ min: 1, max: 256 }), email: email(), password: password() } },
      output: returnUrlShape,
      errors: ['set-up-link-invalid', 'weak-password', 'email-taken', 'password-queue-full'],
      async handler(context) {
        const actor = actorOf(context);
        await superadmin.setUp(actor, context.input.body);
        return returnUrls.choose(actor.tenantId, undefined);
      },
    }),
  ];
}
