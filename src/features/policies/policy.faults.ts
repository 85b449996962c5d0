import type { FieldError } from '../../errors/errors.ts';
import { parsePolicy } from './policy.shape.ts';

/** A policy that is whole: the parts of another are tried in it one by one. */
const whole = { effect: 'allow', actions: ['manage'], resources: ['x'] };

/**
 * Every fault of a policy, by the rules of requests, and not the first one alone, so that all can be mended at once.
 *
 * `field` of each begins with a dot or a bracket; it is empty for the policy itself.
 */
export function findPolicyFaults(policy: unknown): FieldError[] {
  const first = faultOf(policy);
  if (!first) return [];
  const faults = isObject(policy) ? Object.entries(policy).flatMap(([name, part]) => findPartFaults(name, part, policy['resources'])) : [];
  return faults.some(({ field, message }) => field === first.field && message === first.message) ? faults : [first, ...faults];
}

function findPartFaults(name: string, part: unknown, resources: unknown): FieldError[] {
  // Words are judged by the resources that they stand beside: a policy of URLs names methods.
  const beside = name === 'actions' && !faultOf({ ...whole, resources }) ? { ...whole, resources } : whole;
  if (!Array.isArray(part) || part.length === 0) return [faultOf({ ...beside, [name]: part }) ?? []].flat();
  return part.flatMap((item: unknown, index) => {
    const fault = faultOf({ ...beside, [name]: [item] });
    return fault ? [{ ...fault, field: fault.field.replace(`.${name}[0]`, `.${name}[${index}]`) }] : [];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function faultOf(policy: unknown): FieldError | undefined {
  let fault: FieldError | undefined;
  try {
    parsePolicy(policy, '', (message, at = '') => {
      fault = { field: at, message };
      throw new Error(message);
    });
  } catch (error) {
    if (!fault) throw error;
  }
  return fault;
}
