import { z } from 'zod';
import { methods } from '../../engine/urls/method.ts';
import { policyShape } from '../policies/policy.shape.ts';
import { boundedList } from '../../http/input/bounded-list.ts';
import { fromZod } from '../../http/input/fields.ts';

const maxChecks = 1_000;
const maxText = 2_048;

/** Maximum number of values in the attributes of one question: reading a list takes 0.1 us for each value. */
const maxValues = 10_000;

const text = (max: number) => {
  const message = `must be text of 1 to ${max} characters`;
  return z.string(message).min(1, message).max(max, message);
};

/** The attributes of a resource, as the asking service knows them. They are compared, never stored. */
const attributes = z.looseObject({}, 'must be an object')
  .refine((value) => countValues(value) <= maxValues, `must hold at most ${maxValues} values`)
  .meta({ description: 'Attributes of the resource, for conditions.' });

const aboutResource = { action: text(64), resource: text(maxText), attributes: attributes.optional() };
const aboutUrl = { method: z.enum(methods, `must be of ${methods.join(', ')}`), url: text(maxText) };
const userId = text(64).optional();
const halves = 'must have either action and resource, or method and url';

/** The accepted form of a question: about an action on a resource, or about a method and a URL. */
export const writtenQuestion = z.union([z.strictObject(aboutResource), z.strictObject(aboutUrl)], halves);

/** A question. The code of a host application may ask about any method. */
export type Question = z.infer<z.ZodObject<typeof aboutResource>> | { readonly method: string; readonly url: string };

const writtenCheck = z.union([z.strictObject({ userId, ...aboutResource }), z.strictObject({ userId, ...aboutUrl })], halves);

/** A question about a user, by default the caller: may the user do this action on that resource, or call that URL? */
export type Check = Question & { readonly userId?: string | undefined };

/** A list of up to 1,000 questions, validated in one pass. */
export const checkList = fromZod<Check[]>(boundedList(writtenCheck, { min: 1, max: maxChecks }));

/** Builds a question. If the resource begins with a slash, it is a URL and the action is a method. */
export function questionOf(action: string, resource: string, attributes?: Readonly<Record<string, unknown>>): Question {
  return resource.startsWith('/') ? { method: action, url: resource } : { action, resource, ...(attributes && { attributes }) };
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + countValues(each), 0);
}

export const decisionShape = z.object({ allowed: z.boolean(), reason: z.string() }).meta({ id: 'Decision' });

const linkShape = z.object({ kind: z.enum(['user', 'group', 'membership', 'role', 'provider', 'asserted-group']), id: z.string() });

/** The response form of the cause of a decision. */
export const causeShape = z.object({
  kind: z.enum(['right', 'permission', 'policy', 'superadmin']),
  right: z.string().optional(),
  permission: z.string().optional(),
  policy: policyShape.extend({ conditions: z.array(z.string()).optional() }).optional(),
}).meta({ id: 'Cause' });

export const explanationShape = z.object({
  allowed: z.boolean(),
  reason: z.string(),
  required: z.string().optional(),
  by: causeShape.nullable(),
  chain: z.array(linkShape),
  /** The permission that the URL requires, if it requires one in addition to the right. */
  and: z.object({ by: causeShape, chain: z.array(linkShape) }).optional(),
  nearest: z.object({
    by: causeShape, chain: z.array(linkShape), failedCondition: z.string(),
    attributes: z.array(z.string()).optional(), isMissing: z.boolean(),
  }).optional(),
}).meta({ id: 'Explanation' });
