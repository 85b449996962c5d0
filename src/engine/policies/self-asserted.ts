import type { AttributeCondition } from './condition.attribute.ts';

/** What users write about themselves. A condition that asked for it would let them grant themselves what it allows. */
const selfAsserted = ['username', 'firstName', 'lastName'];

/** Matches each path to such an attribute, in JavaScript and in MongoDB. */
export const selfAssertedPath = new RegExp(`^subject\\.(?:${selfAsserted.join('|')})(?:\\.|$)`);

/** The path in a condition that leads to what users write about themselves; undefined if there is none. */
export function selfAssertedIn({ left, right }: Pick<AttributeCondition, 'left' | 'right'>): string | undefined {
  return [left, right].find((side): side is string => typeof side === 'string' && selfAssertedPath.test(side));
}
