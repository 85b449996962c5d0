import { methods } from '../../engine/urls/method.ts';
import { AppError } from '../../errors/errors.ts';
import { custom, oneOf, optional, string } from '../../http/input/fields.ts';
import { either } from '../../http/route/body-rules.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import { pageFields } from '../../http/route/page-shape.ts';
import type { Preview } from './preview.service.ts';
import { callList, previewShape, thingView } from './preview.shape.ts';
import { isWrite } from './previewed-calls.ts';
import type { PreviewedCall } from './previewed-calls.ts';

/** The body of the previewed call may be of any form, because the route of that call validates it. */
const bodyField = optional(custom<unknown>({ json: { description: 'The body of the call, if it has one.' }, parse: (value) => value }));

/** The error codes of the preview itself, before the call runs. */
const ownErrors = ['not-previewable', 'right-missing', 'permission-missing', 'policy-denies'] as const;

export interface PreviewRouteDeps {
  readonly preview: Preview;
  /** The routes whose changes can be previewed. Their error codes are also error codes of the preview. */
  readonly routes: readonly RouteDefinition[];
}

/** Creates the route that shows the effect of changes before they are made. */
export function createPreviewRoutes({ preview, routes }: PreviewRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/roles/preview', id: 'previewChanges', summary: 'Show what users would gain and lose by changes',
      actsInTenant: true,
      description: 'Takes any writing call to /roles/*, /groups/* or /memberships/*, and update, activate, deactivate and delete of '
        + '/identity-providers/*, with its query in the url. Nothing is changed, so no call needs a recent login here. '
        + 'Send the method, url and body of one call, or calls: up to 100 calls, each of which finds what the calls before it did. '
        + 'summary says how many users gain and lose each right, permission and policy. items are the users, with what each gains and '
        + 'loses. A deny that is added is lost, and a deny that is removed is gained. '
        + 'A page has at most limit users, and fewer if they gain and lose more than 10,000 things. '
        + 'An error is the error of the call; with several calls, it also has call: the index of the refused call, from 0.',
      input: { body: {
        method: optional(oneOf(methods)), url: optional(string({ min: 1, max: 2_048 })), body: bodyField, calls: optional(callList),
        ...pageFields,
      } },
      bodyRules: [either({ needs: ['method', 'url'], without: ['calls'] }, { needs: ['calls'], without: ['method', 'url', 'body'] })],
      output: previewShape,
      errors: [...new Set([...ownErrors, ...routes.filter(isWrite).flatMap(({ errors }) => errors)])],
      maxBodyBytes: 512 * 1_024,
      async handler({ input: { body: { limit, cursor, ...sent } }, caller, request }) {
        const page = { limit, ...(cursor !== undefined && { cursor }) };
        const { summary, items, ...rest } = await preview(caller, callsOf(sent), page, request);
        return {
          ...rest, summary: summary.map(({ thing, gained, lost }) => ({ ...thingView(thing), gained, lost })),
          items: items.map(({ userId, gained, lost }) => ({ userId, gained: gained.map(thingView), lost: lost.map(thingView) })),
        };
      },
    }),
  ];
}

interface SentCalls extends Partial<PreviewedCall> {
  readonly calls?: readonly PreviewedCall[];
}

function callsOf({ calls, method, url, body }: SentCalls): readonly PreviewedCall[] {
  if (calls && (method ?? url ?? body) === undefined) return calls;
  if (!calls && method !== undefined && url !== undefined) return [{ method, url, body }];
  throw new AppError('invalid-input', { errors: [{ field: 'body', message: 'must have either method and url, or calls' }] });
}
