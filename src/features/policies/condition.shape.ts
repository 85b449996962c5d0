import { z } from 'zod';
import { attributeOperators, parsePath } from '../../engine/policies/condition.attribute.ts';
import { parseRange } from '../../engine/policies/condition.ip.ts';
import { isZone, minuteOf, weekdays } from '../../engine/policies/condition.time.ts';
import type { Condition } from '../../engine/policies/condition.ts';
import { selfAssertedPath } from '../../engine/policies/self-asserted.ts';
import { subjectAttributes } from '../../engine/policies/subject-attributes.ts';
import type { Scalar } from '../../engine/resources/stored-value.ts';
import { boundedList } from '../../http/input/bounded-list.ts';
import type { JsonSchema } from '../../http/input/fields.ts';
import { toJsonSchema } from '../../http/input/from-zod.ts';

const maxText = 256;

/** A schema of text that must have a certain form. */
const textOf = (
  message: string, hasForm: (text: string) => boolean, example: string, pattern?: string,
) => z.string(message).refine(hasForm, message).meta({ examples: [example], ...(pattern !== undefined && { pattern }) });

/** Maximum number of ranges of one condition, and of values in one list. */
const maxListed = 100;

/** A list of plain values. Reports only the first fault: a request can have 25,000, and listing all would delay other requests. */
function valuesOf<T>(isGood: (item: unknown) => item is T, message: string, items: JsonSchema) {
  return boundedList(z.unknown(), { min: 1, max: maxListed })
    .superRefine((list, { addIssue }) => {
      const index = list.findIndex((item) => !isGood(item));
      if (index >= 0) addIssue({ code: 'custom', path: [index], message });
    })
    .meta({ items })
    .transform((list) => list as T[]); // `superRefine` has checked each item
}

const valueMessage = `must be text of at most ${maxText} characters, a number, true or false`;
const text = z.string(valueMessage).max(maxText, valueMessage);
const scalar = z.union([text, z.number(), z.boolean()], valueMessage);
const isScalar = (item: unknown): item is Scalar => scalar.safeParse(item).success;
const scalars = valuesOf(isScalar, valueMessage, toJsonSchema(scalar, 'input'));

const tenant = z.strictObject({ type: z.literal('tenant'), value: text });

const clockPattern = '^(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$';
const clock = textOf('must be a time of day such as 08:00', (written) => minuteOf(written) !== undefined, '08:00', clockPattern);
const time = z.strictObject({
  type: z.literal('time'),
  days: boundedList(z.enum(weekdays, `must be of ${weekdays.join(', ')}`), { min: 1, max: weekdays.length }).optional(),
  from: clock,
  to: clock,
  zone: textOf('must be a time zone such as Europe/Berlin', isZone, 'Europe/Berlin'),
})
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'must not be the same as from' })
  .transform(({ type, days, ...rest }) => ({ type, ...(days && { days }), ...rest }));

const isRange = (item: unknown): item is string => typeof item === 'string' && parseRange(item) !== undefined;
const ranges = valuesOf(isRange, 'must be an IP address or a range such as 10.0.0.0/8', { type: 'string', examples: ['10.0.0.0/8'] });
const ip = z.strictObject({ type: z.literal('ip'), ranges });

const furtherName = '\\.[A-Za-z_][\\w-]{0,63}';
const pathPattern = `^(?:subject\\.(?:${subjectAttributes.join('|')})(?:${furtherName}){0,7}|resource(?:${furtherName}){1,8})$`;
const path = z.string('must be subject.NAME or resource.NAME')
  .superRefine((written, { addIssue }) => {
    const message = faultOfPath(written);
    if (message !== undefined) addIssue({ code: 'custom', message });
  })
  .meta({ examples: ['resource.ownerId'], pattern: pathPattern });
const side = { type: z.literal('attribute'), left: path };

function comparison<O extends string, V extends z.ZodType>(operators: readonly O[], value: V) {
  const right = z.union([path, z.strictObject({ value })], {
    error: ({ input }) => (typeof input === 'string' && faultOfPath(input))
      || 'must be subject.NAME or resource.NAME, or an object with a value',
  });
  return z.strictObject({ ...side, operator: z.enum(operators), right })
    .refine((condition) => !(isOfResource(condition.left) && isOfResource(condition.right)), {
      path: ['right'], error: 'must not be of the resource too: two attributes of the resource cannot be compared',
    });
}

const existsMessage = 'must be { "value": true } or { "value": false }';
const existence = z.strictObject({
  ...side, operator: z.literal('exists'), right: z.strictObject({ value: z.boolean('must be true or false') }, existsMessage).optional(),
})
  .transform(({ right, ...rest }) => ({ ...rest, ...(right && { right }) }));

const attribute = z.discriminatedUnion('operator', [
  comparison(['eq', 'ne', 'gt', 'lt'], scalar), comparison(['in'], scalars), existence,
], `must be of ${attributeOperators.join(', ')}`);

/** The accepted form of a condition. A condition that could never be decided is refused. */
export const writtenCondition = z.discriminatedUnion('type', [tenant, time, ip, attribute], {
  error: ({ discriminator }) => (discriminator === undefined ? 'must be an object' : 'must be tenant, time, ip or attribute'),
}).meta({ id: 'NewCondition' }) satisfies z.ZodType<Condition>;

/** Why a text is no path that a condition may compare; undefined if it is one. */
function faultOfPath(written: string): string | undefined {
  const parsed = parsePath(written);
  if (!parsed) return 'must be subject.NAME or resource.NAME';
  if (selfAssertedPath.test(written)) {
    return 'must not be a name that users give themselves: compare subject.id, or subject.email, which counts once it is confirmed';
  }
  const isKnown = parsed.of === 'resource' || subjectAttributes.some((name) => name === parsed.names[0]);
  return isKnown ? undefined : `must be one of ${subjectAttributes.map((name) => `subject.${name}`).join(', ')}; there is no ${written}`;
}

function isOfResource(written: unknown): boolean {
  return typeof written === 'string' && parsePath(written)?.of === 'resource';
}
