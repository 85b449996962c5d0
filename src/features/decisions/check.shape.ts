import { z } from 'zod';
import { methods } from '../../engine/urls/method.ts';
import { policyShape } from '../policies/policy.shape.ts';
import { boundedList } from '../../http/input/bounded-list.ts';
import { fromZod } from '../../http/input/fields.ts';

const maxChecks = 1_000;
const maxText = 2_048;

/** Most values in the attributes of one question: reading a list of them takes 0.1 us each. */
const maxValues = 10_000;

const text = (max: number) => {
  const message = `must be text of 1 to ${max} characters`;
  return z.string(message).min(1, message).max(max, message);
};

/** What the asking service knows of a resource; its fields are compared, never stored. */
const attributes = z.looseObject({}, 'must be an object')
  .refine((value) => countValues(value) <= maxValues, `must hold at most ${maxValues} values`)
  .meta({ description: 'Attributes of the resource, for conditions.' });

const aboutResource = { action: text(64), resource: text(maxText), attributes: attributes.optional() };
const aboutUrl = { method: z.enum(methods, `must be of ${methods.join(', ')}`), url: text(maxText) };
const userId = text(64).optional();
const halves = 'must be about either action and resource or method and url';

/** A question as it may be written: about an action on a resource, or about a method and a URL. */
export const writtenQuestion = z.union([z.strictObject(aboutResource), z.strictObject(aboutUrl)], halves);

/** The code of a host may ask about any method. */
export type Question = z.infer<z.ZodObject<typeof aboutResource>> | { readonly method: string; readonly url: string };

const writtenCheck = z.union([z.strictObject({ userId, ...aboutResource }), z.strictObject({ userId, ...aboutUrl })], halves);

/** A question: may this user, by default the caller, do this with that resource, or call that URL? */
export type Check = Question & { readonly userId?: string | undefined };

/** Up to 1,000 questions, read in one pass. */
export const checkList = fromZod<Check[]>(boundedList(writtenCheck, { min: 1, max: maxChecks }));

/** A resource that begins with a slash is a URL, and its action a method. */
export function questionOf(action: string, resource: string, attributes?: Readonly<Record<string, unknown>>): Question {
  return resource.startsWith('/') ? { method: action, url: resource } : { action, resource, ...(attributes && { attributes }) };
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + countValues(each), 0);
}

export const decisionShape = z.object({ allowed: z.boolean(), reason: z.string() });

const linkShape = z.object({ kind: z.enum(['user', 'group', 'membership', 'role']), id: z.string() });

/** What caused a decision, as it is shown. */
export const causeShape = z.object({
  kind: z.enum(['right', 'permission', 'policy', 'superadmin']),
  right: z.string().optional(),
  permission: z.string().optional(),
  policy: policyShape.extend({ conditions: z.array(z.string()).optional() }).optional(),
});

export const explanationShape = z.object({
  allowed: z.boolean(),
  reason: z.string(),
  required: z.string().optional(),
  by: causeShape.nullable(),
  chain: z.array(linkShape),
  /** Beside a right: the permission that the URL asks for. */
  and: z.object({ by: causeShape, chain: z.array(linkShape) }).optional(),
  nearest: z.object({ by: causeShape, chain: z.array(linkShape), failedCondition: z.string() }).optional(),
});
