import { z } from 'zod';
import { attributeOperators } from '../engine/policies/condition.attribute.ts';
import { weekdays } from '../engine/policies/condition.time.ts';
import type { Policy } from '../engine/policies/policy.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const known = z.discriminatedUnion('type', [
  z.object({ type: z.literal('tenant'), value: z.string() }),
  z.object({ type: z.literal('time'), days: z.array(z.enum(weekdays)).optional(), from: z.string(), to: z.string(), zone: z.string() }),
  z.object({ type: z.literal('ip'), ranges: z.array(z.string()) }),
  z.object({
    type: z.literal('attribute'), left: z.string(), operator: z.enum(attributeOperators),
    right: z.union([z.string(), z.object({ value: z.union([scalar, z.array(scalar)]) })]).optional(),
  }),
]);
const knownTypes = new Set(known.options.map(({ shape }) => shape.type.value as string));

/** Accepts a condition type that only a newer server knows. For the engine it is always `missing`. */
const newer = z.looseObject({ type: z.string().refine((type) => !knownTypes.has(type)) });

const policy = z.object({
  effect: z.enum(['allow', 'deny']), actions: z.array(z.string()), resources: z.array(z.string()),
  conditions: z.array(z.union([known, newer])).optional(),
});

/** The policies of a token. A known condition type with a member of the wrong type is refused. */
export const policiesClaim = z.array(z.custom<Policy>((value) => policy.safeParse(value).success));
