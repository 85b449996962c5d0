import { z } from 'zod';
import { instant } from '../../../http/route/output.ts';
import type { LoginStep } from '../providers/provider-ports.types.ts';
import type { LoginTrace } from './login-trace.model.ts';

/** A checked step, in traces and tests. */
export const stepShape = z.object({
  step: z.string(), ok: z.boolean(), expected: z.string().optional(), received: z.string().optional(),
  milliseconds: z.number().optional(), repair: z.string().optional(),
}).meta({ id: 'LoginStep' });

export const stepView = (step: LoginStep) => ({ ...step });

export const loginTraceShape = z.object({
  reference: z.string(), providerId: z.string(), at: instant, result: z.enum(['passed', 'failed']), code: z.string().optional(),
  steps: z.array(stepShape),
}).meta({ id: 'LoginTrace' });

export function loginTraceView({ _id, providerId, at, result, code, steps }: LoginTrace) {
  return { reference: _id, providerId, at, result, ...(code !== undefined && { code }), steps: steps.map(stepView) };
}
