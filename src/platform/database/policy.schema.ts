import { Schema } from 'mongoose';
import type { Condition } from '../../engine/policies/condition.ts';
import type { Policy } from '../../engine/policies/policy.ts';

/** The stored form of a policy. Conditions are checked when a request brings them, and those that a newer node stored stay as they are. */
export const policySchema = new Schema<Policy>({
  effect: { type: String, enum: ['allow', 'deny'], required: true },
  actions: { type: [String], required: true },
  resources: { type: [String], required: true },
  conditions: { type: [Schema.Types.Mixed] as unknown as Condition[], default: undefined }, // mongoose has no type for a union
}, { _id: false, strict: 'throw' });

/** The filter for documents whose policies have a condition on an attribute whose path matches. */
export function comparing(path: RegExp) {
  return { $or: [{ 'policies.conditions.left': path }, { 'policies.conditions.right': path }] };
}
