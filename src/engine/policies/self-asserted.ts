import type { AttributeCondition } from './condition.attribute.ts';

/** Attributes that users write themselves. A condition on one of them would let users grant themselves what it allows. */
const selfAsserted = ['username', 'firstName', 'lastName'];

/** Matches every path to such an attribute, in JavaScript and in MongoDB. */
export const selfAssertedPath = new RegExp(`^subject\\.(?:${selfAsserted.join('|')})(?:\\.|$)`);

/** The path in a condition to an attribute that users write themselves, or undefined. */
export function selfAssertedIn({ left, right }: Pick<AttributeCondition, 'left' | 'right'>): string | undefined {
  return [left, right].find((side): side is string => typeof side === 'string' && selfAssertedPath.test(side));
}
