import { z } from 'zod';
import { isMethod, methods } from '../../engine/urls/method.ts';
import { custom } from '../../http/input/fields.ts';
import type { Refuse } from '../../http/input/fields.ts';
import { listAt, objectAt } from '../../http/input/json-form.ts';

/** A question: may this user, by default the caller, do this with that resource, or call that URL? */
export type Check = { readonly userId?: string } & Question;

export type Question =
  | { readonly action: string; readonly resource: string; readonly attributes?: Readonly<Record<string, unknown>> }
  | { readonly method: string; readonly url: string };

/** A resource that begins with a slash is a URL, and its action a method. */
export function questionOf(action: string, resource: string, attributes?: Readonly<Record<string, unknown>>): Question {
  return resource.startsWith('/') ? { method: action, url: resource } : { action, resource, ...(attributes && { attributes }) };
}

export const maxChecks = 1_000;
const maxText = 2_048;

/** Most values in the attributes of one question: reading a list of them takes 0.1 us each. */
const maxValues = 10_000;

const text = { type: 'string', minLength: 1, maxLength: maxText };
const userId = { type: 'string', minLength: 1, maxLength: 64 };

/** What the asking service knows of a resource; its fields are compared, never stored. */
const attributesJson = { type: 'object', description: 'Attributes of the resource, for conditions.' };

export const checkJson = {
  anyOf: [
    { type: 'object', required: ['action', 'resource'], additionalProperties: false, properties: { userId, action: text, resource: text, attributes: attributesJson } },
    { type: 'object', required: ['method', 'url'], additionalProperties: false, properties: { userId, method: { enum: methods }, url: text } },
  ],
};

/** Up to 1,000 questions, read in one pass. */
export const checkList = custom<Check[]>({
  json: { type: 'array', minItems: 1, maxItems: maxChecks, items: checkJson },
  parse: (value, refuse) => listAt(value, '', { min: 1, max: maxChecks }, refuse).map((item, index) => parseCheck(item, `[${index}]`, refuse)),
});

function parseCheck(item: unknown, at: string, refuse: Refuse): Check {
  const sent = objectAt(item, at, ['userId', 'action', 'resource', 'attributes', 'method', 'url'], refuse);
  const question = parseQuestion(sent, at, refuse);
  return sent['userId'] === undefined ? question : { userId: textAt(sent, 'userId', at, refuse, 64), ...question };
}

/** Reads either half of a question: an action on a resource, or a method and a URL. */
export function parseQuestion(sent: Readonly<Record<string, unknown>>, at: string, refuse: Refuse): Question {
  const { action, resource, attributes, method, url } = sent;
  if (method !== undefined || url !== undefined) {
    if (action !== undefined || resource !== undefined || attributes !== undefined) return refuse('must be about either action and resource or method and url', at);
    const named = textAt(sent, 'method', at, refuse, 16);
    return { method: isMethod(named) ? named : refuse(`must be of ${methods.join(', ')}`, `${at}.method`), url: textAt(sent, 'url', at, refuse) };
  }
  if (attributes !== undefined && (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes))) return refuse('must be an object', `${at}.attributes`);
  if (countValues(attributes) > maxValues) return refuse(`must hold at most ${maxValues} values`, `${at}.attributes`);
  const about = { action: textAt(sent, 'action', at, refuse, 64), resource: textAt(sent, 'resource', at, refuse) };
  return attributes ? { ...about, attributes: attributes as Record<string, unknown> } : about; // an object, as was just seen
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + countValues(each), 0);
}

function textAt(sent: Readonly<Record<string, unknown>>, name: string, at: string, refuse: Refuse, max = maxText): string {
  const value = sent[name];
  return typeof value === 'string' && value !== '' && value.length <= max ? value : refuse(`must be text of 1 to ${max} characters`, `${at}.${name}`);
}

export const decisionShape = z.object({ allowed: z.boolean(), reason: z.string() });

const linkShape = z.object({ kind: z.enum(['user', 'group', 'membership', 'role']), id: z.string() });

/** What caused a decision, as it is shown. */
export const causeShape = z.object({
  kind: z.enum(['right', 'permission', 'policy', 'superadmin']),
  right: z.string().optional(),
  permission: z.string().optional(),
  policy: z.object({ effect: z.enum(['allow', 'deny']), actions: z.array(z.string()), resources: z.array(z.string()), conditions: z.array(z.string()).optional() }).optional(),
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
