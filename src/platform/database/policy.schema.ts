import { Schema } from 'mongoose';
import type { Condition } from '../../engine/policies/condition.ts';
import type { Policy } from '../../engine/policies/policy.ts';

/** How a policy is stored. What a condition may be is checked where it comes in; one that a newer node stored is kept as it is. */
export const policySchema = new Schema<Policy>({
  effect: { type: String, enum: ['allow', 'deny'], required: true },
  actions: { type: [String], required: true },
  resources: { type: [String], required: true },
  conditions: { type: [Schema.Types.Mixed] as unknown as Condition[], default: undefined }, // mongoose knows no type for a union
}, { _id: false, strict: 'throw' });

/** The filter for documents whose policies have a condition on an attribute with such a path. */
export function comparing(path: RegExp) {
  return { $or: [{ 'policies.conditions.left': path }, { 'policies.conditions.right': path }] };
}
