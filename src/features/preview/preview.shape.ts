import { z } from 'zod';
import { methods } from '../../engine/urls/method.ts';
import { boundedList } from '../../http/input/bounded-list.ts';
import { fromZod } from '../../http/input/fields.ts';
import { policyShape, policyView } from '../policies/policy.shape.ts';
import type { GrantedThing } from './grants-difference.ts';
import type { PreviewedCall } from './previewed-calls.ts';

/** How many calls can be previewed together. */
const maxCalls = 100;
const maxUrl = 2_048;

const urlMessage = `must be text of 1 to ${maxUrl} characters`;

const previewedCall = z.strictObject({
  method: z.enum(methods, `must be one of ${methods.join(', ')}`),
  url: z.string(urlMessage).min(1, urlMessage).max(maxUrl, urlMessage),
  // Of any form, because the route of that call validates it.
  body: z.unknown().optional(),
});

/** A list of 1 to 100 calls, in the order in which they would be made. */
export const callList = fromZod<PreviewedCall[]>(boundedList(previewedCall, { min: 1, max: maxCalls }));

const thingFields = { right: z.string().optional(), permission: z.string().optional(), policy: policyShape.optional() };
const thingShape = z.object(thingFields);

/** The response of a preview. */
export const previewShape = z.object({
  summary: z.array(z.object({ ...thingFields, gained: z.number().int(), lost: z.number().int() })),
  users: z.number().int(),
  items: z.array(z.object({ userId: z.string(), gained: z.array(thingShape), lost: z.array(thingShape) })),
  nextCursor: z.string().nullable(),
}).meta({ id: 'Preview' });

/** The response form of a right, permission or policy. */
export function thingView(thing: GrantedThing) {
  return 'policy' in thing ? { policy: policyView(thing.policy) } : thing;
}
