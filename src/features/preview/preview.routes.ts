import { z } from 'zod';
import { methods } from '../../engine/urls/method.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import { custom, oneOf, optional, string } from '../../http/input/fields.ts';
import type { UserThing } from './grants-difference.ts';
import { policyShape, policyView } from '../policies/policy.shape.ts';
import { isWrite } from './preview.service.ts';
import type { Preview } from './preview.service.ts';

const thingShape = z.object(
  { userId: z.string(), right: z.string().optional(), permission: z.string().optional(), policy: policyShape.optional() },
);

/** Whatever the previewed call takes: it is validated there. */
const bodyField = optional(custom<unknown>({ json: { description: 'The body of the call, if it has one.' }, parse: (value) => value }));

/** The codes with which the preview itself refuses, before the call. */
const ownErrors = ['not-previewable', 'right-missing', 'permission-missing', 'policy-denies'] as const;

export interface PreviewRouteDeps {
  readonly preview: Preview;
  /** The routes whose changes can be previewed; it refuses with what they refuse with. */
  readonly routes: readonly RouteDefinition[];
}

/** The URL that tells what a change would do. */
export function createPreviewRoutes({ preview, routes }: PreviewRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/roles/preview', summary: 'Who would gain and lose what by a change',
      actsInTenant: true,
      description: 'Takes any writing call to /roles/*, /groups/* or /memberships/*, with its query in the url, and answers what users would hold then and do not hold now, and the other way round. A deny that users would then have stands under lost, and one that they would be rid of under gained. Nothing is changed. complete is false if there is more than the 10,000 that are listed.',
      input: { body: { method: oneOf(methods), url: string({ min: 1, max: 2_048 }), body: bodyField } },
      output: z.object({ gained: z.array(thingShape), lost: z.array(thingShape), users: z.number().int(), complete: z.boolean() }),
      errors: [...new Set([...ownErrors, ...routes.filter(isWrite).flatMap(({ errors }) => errors)])],
      async handler({ input: { body }, caller, request }) {
        const { gained, lost, users, isComplete } = await preview(caller, body, request);
        return { gained: gained.map(thingView), lost: lost.map(thingView), users, complete: isComplete };
      },
    }),
  ];
}

function thingView(thing: UserThing) {
  return 'policy' in thing ? { ...thing, policy: policyView(thing.policy) } : thing;
}
