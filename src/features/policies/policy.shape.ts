import { z } from 'zod';
import { isMethod } from '../../engine/urls/method.ts';
import { everyAction, policyLimits } from '../../engine/policies/policy.ts';
import type { Policy } from '../../engine/policies/policy.ts';
import { parseResourcePattern, patternLimits } from '../../engine/policies/resource-pattern.ts';
import { custom } from '../../http/input/fields.ts';
import type { Refuse } from '../../http/input/fields.ts';
import { parseCondition } from './condition.form.ts';
import { conditionJson } from './condition.json.ts';
import { listAt, objectAt } from '../../http/input/json-form.ts';

/** A policy as it is shown: as it was written. */
export const policyShape = z.object({
  effect: z.enum(['allow', 'deny']),
  actions: z.array(z.string()),
  resources: z.array(z.string()),
  conditions: z.array(z.looseObject({ type: z.string() })).optional(),
});

export function policyView({ effect, actions, resources, conditions }: Policy) {
  return { effect, actions: [...actions], resources: [...resources], ...(conditions && { conditions: conditions.map((condition) => ({ ...condition })) }) };
}

/** A list of policies. */
export const policyList = custom<Policy[]>({
  json: {
    type: 'array',
    maxItems: policyLimits.policies,
    items: {
      type: 'object',
      required: ['effect', 'actions', 'resources'],
      additionalProperties: false,
      properties: {
        effect: { enum: ['allow', 'deny'] },
        actions: { type: 'array', minItems: 1, maxItems: policyLimits.actions, items: { type: 'string' } },
        resources: { type: 'array', minItems: 1, maxItems: policyLimits.resources, items: { type: 'string' } },
        conditions: { type: 'array', maxItems: policyLimits.conditions, items: conditionJson },
      },
    },
  },
  parse: (value, refuse) => listAt(value, '', { max: policyLimits.policies }, refuse).map((item, index) => parsePolicy(item, `[${index}]`, refuse)),
});

/** Reads one policy; refuses what could never be decided. */
export function parsePolicy(item: unknown, at: string, refuse: Refuse): Policy {
  const { effect, actions, resources, conditions } = objectAt(item, at, ['effect', 'actions', 'resources', 'conditions'], refuse);
  if (effect !== 'allow' && effect !== 'deny') return refuse('must be allow or deny', `${at}.effect`);
  const read = listAt(resources, `${at}.resources`, { min: 1, max: policyLimits.resources }, refuse).map((resource, index) => parseResource(resource, `${at}.resources[${index}]`, refuse));
  const areUrls = read.every((resource) => resource.startsWith('/'));
  if (!areUrls && read.some((resource) => resource.startsWith('/'))) return refuse('must be either all URLs or all named resources', `${at}.resources`);
  const known = listAt(actions, `${at}.actions`, { min: 1, max: policyLimits.actions }, refuse).map((action, index) => parseAction(action, areUrls, `${at}.actions[${index}]`, refuse));
  const needed = conditions === undefined ? [] : listAt(conditions, `${at}.conditions`, { max: policyLimits.conditions }, refuse);
  return {
    effect, actions: [...new Set(known)], resources: [...new Set(read)],
    ...(needed.length > 0 && { conditions: needed.map((condition, index) => parseCondition(condition, `${at}.conditions[${index}]`, refuse)) }),
  };
}

function parseResource(value: unknown, at: string, refuse: Refuse): string {
  if (typeof value === 'string' && /[!{}?]/.test(value)) return refuse('must hold no !, {, } or ?, which are no wildcards here: only * and ** are, and of a URL :name as well', at);
  if (typeof value === 'string' && parseResourcePattern(value)) return value;
  return refuse(`must be a name such as projects/*, or a URL, of at most ${patternLimits.characters} characters and ${patternLimits.parts} parts; * and ** stand alone between slashes`, at);
}

function parseAction(value: unknown, isOfUrl: boolean, at: string, refuse: Refuse): string {
  if (value === everyAction) return everyAction;
  if (isOfUrl) return typeof value === 'string' && isMethod(value) ? value : refuse('must be a method, or manage: the resources are URLs', at);
  return typeof value === 'string' && /^[a-z][a-z0-9-]{0,63}$/.test(value) ? value : refuse('must be a word of small letters, digits and dashes', at);
}
