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

/** The body of the previewed call may be of any form, because the route of that call validates it. */
const bodyField = optional(custom<unknown>({ json: { description: 'The body of the call, if it has one.' }, parse: (value) => value }));

/** The error codes of the preview itself, before the call runs. */
const ownErrors = ['not-previewable', 'right-missing', 'permission-missing', 'policy-denies'] as const;

export interface PreviewRouteDeps {
  readonly preview: Preview;
  /** The routes whose changes can be previewed. Their error codes are also error codes of the preview. */
  readonly routes: readonly RouteDefinition[];
}

/** Creates the route that shows the effect of a change before it is made. */
export function createPreviewRoutes({ preview, routes }: PreviewRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/roles/preview', summary: 'Show what users would gain and lose by a change',
      actsInTenant: true,
      description: 'Takes any writing call to /roles/*, /groups/* or /memberships/*, with its query in the url. '
        + 'gained lists what users would have after the call and do not have now. lost lists what they have now and would lose. '
        + 'A new deny is listed under lost, and a removed deny under gained. Nothing is changed. '
        + 'Each list has at most 10,000 entries; complete is false if there are more.',
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
