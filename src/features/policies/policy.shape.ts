import { z } from 'zod';
import { isMethod, methods } from '../../engine/urls/method.ts';
import { everyAction, policyLimits } from '../../engine/policies/policy.ts';
import type { Policy } from '../../engine/policies/policy.ts';
import { parseResourcePattern, patternLimits } from '../../engine/policies/resource-pattern.ts';
import { boundedList } from '../../http/input/bounded-list.ts';
import { fromZod } from '../../http/input/fields.ts';
import { writtenCondition } from './condition.shape.ts';

/** The response form of a policy, which equals the form in which it was sent. A newer node may have stored a new kind of condition. */
export const policyShape = z.object({
  effect: z.enum(['allow', 'deny']),
  actions: z.array(z.string()),
  resources: z.array(z.string()),
  conditions: z.array(z.looseObject({ type: z.string() })).optional(),
}).meta({ id: 'Policy' });

export function policyView({ effect, actions, resources, conditions }: Policy) {
  return {
    effect, actions: [...actions], resources: [...resources],
    ...(conditions && { conditions: conditions.map((condition) => ({ ...condition })) }),
  };
}

const resourceMessage = `must be a name such as projects/*, or a URL, of at most ${patternLimits.characters} characters `
  + `and ${patternLimits.parts} parts; * and ** stand alone between slashes`;
const resource = z.string(resourceMessage)
  .refine((text) => !/[!{}?]/.test(text), {
    abort: true, error: 'must not have !, {, } or ?: the only wildcards are * and **, and :name in a URL',
  })
  .refine((text) => parseResourcePattern(text) !== undefined, resourceMessage)
  .meta({ minLength: 1, maxLength: patternLimits.characters, examples: ['projects/*', '/items/:itemId'] });

const urlActions = `^(?:${[...methods, everyAction].join('|')})$`;

/** A policy about URLs with methods, or about named resources with words, as JSON Schema. */
const resourcesOf = (resources: string, actions: string) => ({
  properties: { resources: { items: { pattern: resources } }, actions: { items: { pattern: actions } } },
});

const wordMessage = 'must be a word of small letters, digits and dashes';
const wordPattern = /^[a-z][a-z0-9-]{0,63}$/;
const isWord = (action: string) => wordPattern.test(action);
const action = z.string(wordMessage).refine((text) => isWord(text) || isMethod(text), { abort: true, error: wordMessage });

/** The accepted form of a policy. A policy that could never be decided is refused. */
export const writtenPolicy = z.strictObject({
  effect: z.enum(['allow', 'deny'], 'must be allow or deny'),
  actions: boundedList(action, { min: 1, max: policyLimits.actions }),
  resources: boundedList(resource, { min: 1, max: policyLimits.resources }),
  conditions: boundedList(writtenCondition, { max: policyLimits.conditions }).optional(),
}, 'must be an object')
  .superRefine(({ actions, resources }, { addIssue }) => {
    const areUrls = resources.every(isUrl);
    if (!areUrls && resources.some(isUrl)) addIssue(
      { code: 'custom', path: ['resources'], message: 'must be either all URLs or all named resources' },
    );
    else for (const [index, each] of actions.entries()) {
      const fits = each === everyAction || (areUrls ? isMethod(each) : isWord(each));
      if (!fits) addIssue({
        code: 'custom', path: ['actions', index], message: areUrls ? 'must be a method, or manage: the resources are URLs' : wordMessage,
      });
    }
  })
  .transform(({ effect, actions, resources, conditions = [] }): Policy => ({
    effect, actions: [...new Set(actions)], resources: [...new Set(resources)], ...(conditions.length > 0 && { conditions }),
  }))
  .meta({ id: 'NewPolicy', oneOf: [resourcesOf('^/', urlActions), resourcesOf('^[^/]', wordPattern.source)] });

/** A list of policies. */
export const policyList = fromZod(boundedList(writtenPolicy, { max: policyLimits.policies }));

function isUrl(resource: string): boolean {
  return resource.startsWith('/');
}
