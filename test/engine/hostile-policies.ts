import { weekdays } from '../../src/engine/policies/condition.time.ts';
import { weightOf } from '../../src/engine/policies/condition.ts';
import type { Condition } from '../../src/engine/policies/condition.ts';
import type { DecisionContext } from '../../src/engine/policies/decision-context.types.ts';
import { comparisonLimits, policyLimits } from '../../src/engine/policies/policy.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import { patternLimits } from '../../src/engine/policies/resource-pattern.ts';

// The worst that can be saved in one role, and asked of it.

/** Policies and the question that costs them most. */
export interface HostileCase {
  readonly name: string;
  readonly policies: readonly Policy[];
  /** Named resources are asked about with `read`, URLs with GET. */
  readonly asked: string;
  readonly context: DecisionContext;
}

const { parts: mostParts, askedParts } = patternLimits;
const now = Date.parse('2026-07-15T10:00:00Z');
const zones = Intl.supportedValuesOf('timeZone');

/** A name that every wildcard fits, and each pattern below up to its last part. */
export const longName = (parts = askedParts): string => Array<string>(parts).fill('a').join('/');

/** `a/**` over and over, each number with a spelling of its own, and nothing that ends so is ever asked for. */
export function alternating(number: number): string {
  return [
    ...Array.from({ length: mostParts - 1 }, (_each, at) => (at % 2 === 1 ? '**' : bit(number, at / 2) ? '*' : 'a')), `b${number}`,
  ].join('/');
}

/** `**` and then a long run that fits nearly everywhere. */
export function nearMiss(number: number): string {
  return ['**', ...Array.from({ length: mostParts - 2 }, (_each, at) => (bit(number, at) ? 'a' : '*')), `b${number}`].join('/');
}

function bit(number: number, at: number): boolean {
  return ((number >> at) & 1) === 1;
}

export interface Shape {
  readonly effect?: Policy['effect'];
  readonly count?: number;
  readonly action?: string;
  /** Without it, all that is asked about. */
  readonly pattern?: (number: number) => string;
  /** Without it, none. */
  readonly condition?: (number: number) => Condition;
}

/**
 * As many policies as one question may meet beside one or two others, each with as many patterns and conditions as it may. The last
 * condition of each fails.
 */
export function hostilePolicies({ effect = 'allow', count, action = 'read', pattern, condition }: Shape): Policy[] {
  const { policies, resources, conditions } = policyLimits;
  let left = comparisonLimits.decision - 10;
  const all = Array.from({ length: count ?? policies }, (_policy, number): Policy => ({
    effect, actions: [action],
    resources: pattern ? Array.from({ length: resources }, (_each, at) => pattern(number * resources + at)) : ['items'],
    conditions: condition
      ? [...Array.from({ length: conditions - 1 }, (_each, at) => condition(number * conditions + at)), {
        type: 'tenant', value: `t${number}`,
      }]
      : [{ type: 'tenant', value: `t${number}` }],
  }));
  return count === undefined ? all.filter(
    ({ resources: about, conditions: needed = [] }) => (left -= about.length + needed.reduce((sum, each) => sum + weightOf(each), 0)) >= 0,
  ) : all;
}

const attribute = (left: string, operator: 'in' | 'gt' | 'lt' | 'ne', value: string | string[]): Condition => ({
  type: 'attribute', left: `resource.${left}`, operator, right: { value },
});
const valuesOf = (number: number, last: string) => [...Array.from({ length: 99 }, (_each, at) => `${number}-${at}`), last];
const deepPath = 'a.b.c.d.e.f.g.h';
const deep = (value: unknown) => deepPath.split('.').reduceRight<unknown>(
  (inner, name) => ({ [name]: inner }), value,
) as Record<string, unknown>; // an object, as there are names
const longList = Array.from({ length: 10_000 }, (_each, at) => `value ${at}`);

/** A condition of every kind that holds, so that all of a policy are asked. */
export function everyCondition(number: number): Condition {
  switch (number % 5) {
    case 0: return attribute('list', 'in', valuesOf(number, 'value 9999'));
    case 1: return attribute(deepPath, 'gt', `v${number}`);
    case 2: return { type: 'ip', ranges: rangesOf(number) };
    case 3: return { type: 'time', days: [...weekdays], from: '00:00', to: '24:00', zone: zones[number % zones.length] ?? 'UTC' };
    default: return attribute('list', 'ne', `other ${number}`);
  }
}

/** Eight of them: more would not fit into the body of the request that saves a role. */
function rangesOf(number: number): string[] {
  return [...Array.from({ length: 7 }, (_each, at) => `2001:${(number * 7 + at).toString(16)}::/48`), '2001:db8::/32'];
}

export const everyFact: DecisionContext = {
  now, tenantId: 'none', ip: '2001:db8::1', resource: { list: longList, ...deep('z'.repeat(100_000)) },
};
const known: DecisionContext = { now, tenantId: 'none' };

export const hostileCases: readonly HostileCase[] = [
  { name: 'a/**/a/**/.../b', policies: hostilePolicies({ pattern: alternating }), asked: longName(), context: known },
  { name: '**/a/*/a/.../b', policies: hostilePolicies({ pattern: nearMiss }), asked: longName(), context: known },
  { name: '/a/**/a/**/.../b', policies: hostilePolicies(
    { pattern: (number) => `/${alternating(number)}`, action: 'GET', effect: 'deny' },
  ), asked: `/${longName()}`, context: known },
  { name: '/**/a/*/a/.../b', policies: hostilePolicies(
    { pattern: (number) => `/${nearMiss(number)}`, action: 'GET', effect: 'deny' },
  ), asked: `/${longName()}`, context: known },
  { name: 'in 100 of 10,000', policies: hostilePolicies(
    { condition: (number) => attribute('list', 'in', valuesOf(number, 'value 9999')) },
  ), asked: 'items/1', context: everyFact },
  { name: 'gt in 10,000', policies: hostilePolicies(
    { condition: (number) => attribute('list', 'gt', `value ${number}`) },
  ), asked: 'items/1', context: everyFact },
  { name: 'lt in 10,000 times', policies: hostilePolicies(
    { condition: (number) => attribute('list', 'lt', `2026-07-15T10:00:00.${number}`) },
  ), asked: 'items/1', context: everyFact },
  { name: 'text of 100,000', policies: hostilePolicies(
    { condition: (number) => attribute(deepPath, 'gt', `${'z'.repeat(250)}${number}`) },
  ), asked: 'items/1', context: everyFact },
  { name: 'ranges', policies: hostilePolicies(
    { condition: (number) => ({ type: 'ip', ranges: rangesOf(number) }) },
  ), asked: 'items/1', context: everyFact },
  { name: 'every zone', policies: hostilePolicies(
    { condition: (number) => ({ type: 'time', from: '00:00', to: '24:00', zone: zones[number % zones.length] ?? 'UTC' }) },
  ), asked: 'items/1', context: known },
  { name: 'all of it', policies: hostilePolicies(
    { pattern: (number) => (number % policyLimits.resources === 0 ? 'a' : nearMiss(number)), condition: everyCondition },
  ), asked: longName(), context: everyFact },
  { name: '1,000 permissions', policies: Array.from({ length: policyLimits.permissions }, (_each, number): Policy => ({
    effect: 'allow', actions: ['read'], resources: [nearMiss(number)],
  })), asked: longName(), context: known },
];
