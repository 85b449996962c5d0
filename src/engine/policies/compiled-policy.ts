import { compileCondition, weightOf } from './condition.ts';
import type { CompiledCondition } from './condition.ts';
import type { DecisionContext, ContextCache } from './decision-context.types.ts';
import type { Meter } from '../meter.ts';
import { everyAction } from './policy.ts';
import type { Effect, Policy } from './policy.ts';
import { isEverything, matchesParts, parseResourcePattern } from './resource-pattern.ts';
import type { ResourcePattern } from './resource-pattern.ts';

/** A policy compiled for fast decisions. */
export interface CompiledPolicy {
  readonly effect: Effect;
  readonly policy: Policy;
  readonly actions: ReadonlySet<string>;
  readonly patterns: readonly ResourcePattern[];
  readonly conditions: readonly CompiledCondition[];
  /** The sum of the weights of its conditions. */
  readonly weight: number;
}

const everyUrl = parseResourcePattern('/**');

/**
 * Compiles a policy.
 *
 * A resource that cannot be parsed covers nothing in an allow, and everything in a deny. A deny on every resource covers every
 * URL too. An allow covers URLs only if it names them.
 */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const { effect, actions, resources, conditions = [] } = policy;
  const read = resources.map((resource) => parseResourcePattern(resource) ?? (effect === 'deny' ? parseResourcePattern('*') : undefined));
  const patterns = read.filter((pattern) => pattern !== undefined);
  if (effect === 'deny' && everyUrl && patterns.some(isEverything)) patterns.push(everyUrl);
  const weight = conditions.reduce((sum, condition) => sum + weightOf(condition), 0);
  return { effect, policy, actions: new Set(actions), patterns, conditions: conditions.map(compileCondition), weight };
}

/** Whether a policy applies by its conditions: an allow if all hold, a deny unless one certainly fails. */
export function counts({ effect, conditions, weight }: CompiledPolicy, context: DecisionContext, cache: ContextCache): boolean {
  if (context.meter) context.meter.comparisons += weight;
  return conditions.every(({ test }) => (effect === 'allow' ? test(context, cache) === 'yes' : test(context, cache) !== 'no'));
}

/** Whether a policy covers this action on this named resource, given by its parts. */
export function covers(compiled: CompiledPolicy, action: string, parts: readonly string[]): boolean {
  return coversAction(compiled, action) && compiled.patterns.some((pattern) => !pattern.isUrl && matchesParts(pattern, parts));
}

export function coversAction({ actions }: Pick<CompiledPolicy, 'actions'>, action: string): boolean {
  return actions.has(action) || actions.has(everyAction);
}

/** An index of compiled policies: a decision looks at few of them, even if there are many. */
export interface PolicyIndex {
  readonly size: number;
  /** The most patterns and conditions that one decision can compare. */
  readonly maxCost: number;
  /** Every action that some policy names. */
  readonly actions: readonly string[];
  /** The policies that cover this action on this resource, or URL, given by its parts. Conditions are not tested. */
  find(action: string, parts: readonly string[], meter?: Meter): ReadonlySet<CompiledPolicy>;
  /** The patterns that may cover a resource that begins with these parts. */
  along(actions: readonly string[], start: readonly string[]): Entry[];
  /** The patterns that begin with these parts and have more. */
  below(actions: readonly string[], start: readonly string[]): Entry[];
}

/** One pattern of one policy. */
export interface Entry {
  readonly compiled: CompiledPolicy;
  readonly pattern: ResourcePattern;
}

/** The patterns that begin with the same literal parts, and branches for those with one literal part more. */
interface Branch {
  readonly depth: number;
  readonly entries: Entry[];
  readonly branches: Map<string, Branch>;
}

/** Creates the index: by action, then by the literal parts with which the patterns begin. */
export function indexPolicies(compiledPolicies: readonly CompiledPolicy[], isUrl: boolean): PolicyIndex {
  const byAction = new Map<string, Branch>();
  let size = 0;
  for (const compiled of compiledPolicies) {
    const patterns = compiled.patterns.filter((pattern) => pattern.isUrl === isUrl);
    if (patterns.length > 0) size += 1;
    for (const pattern of patterns) {
      for (const action of compiled.actions.has(everyAction) ? [everyAction] : compiled.actions) {
        const branch = literalStart(pattern).reduce((at, part) => childOf(at.branches, part, at.depth + 1), childOf(byAction, action, 0));
        branch.entries.push({ compiled, pattern });
      }
    }
  }
  return {
    size,
    maxCost: maxCostOf(byAction),
    actions: [...byAction.keys()],
    find(action, parts, meter) {
      const found = new Set<CompiledPolicy>();
      for (const { depth, entries } of wayOf(byAction, action === everyAction ? [everyAction] : [action, everyAction], parts)) {
        if (meter) meter.comparisons += entries.length;
        for (const { compiled, pattern } of entries) if (!found.has(compiled) && matchesParts(pattern, parts, depth)) found.add(compiled);
      }
      return found;
    },
    along: (actions, start) => wayOf(byAction, actions, start).flatMap(({ entries }) => entries),
    below: (actions, start) => wayOf(byAction, actions, start)
      .filter(({ depth }) => depth === start.length)
      .flatMap(({ branches }) => [...branches.values()].flatMap(everything)),
  };
}

/** The literal parts with which a pattern begins. */
export function literalStart({ tokens }: ResourcePattern): string[] {
  const end = tokens.findIndex(({ kind }) => kind !== 'literal');
  return tokens.slice(0, end < 0 ? tokens.length : end).map((token) => (token.kind === 'literal' ? token.text : ''));
}

function wayOf(byAction: ReadonlyMap<string, Branch>, actions: readonly string[], parts: readonly string[]): Branch[] {
  const way: Branch[] = [];
  for (const action of actions) {
    for (let branch = byAction.get(action); branch; branch = branch.branches.get(parts[branch.depth] ?? '')) way.push(branch);
  }
  return way;
}

function maxCostOf(byAction: ReadonlyMap<string, Branch>): number {
  const costs = Object.fromEntries([...byAction].map(([action, branch]) => [action, maxCostFrom(branch, new Set())]));
  const { [everyAction]: always = 0, ...others } = costs;
  return always + Math.max(0, ...Object.values(others));
}

/** The patterns and conditions on the costliest path below a branch. Conditions of policies that were met above are not counted again. */
function maxCostFrom({ entries, branches }: Branch, met: Set<CompiledPolicy>): number {
  const added = [...new Set(entries.map(({ compiled }) => compiled))].filter((compiled) => !met.has(compiled));
  for (const compiled of added) met.add(compiled);
  let most = 0;
  for (const branch of branches.values()) most = Math.max(most, maxCostFrom(branch, met));
  for (const compiled of added) met.delete(compiled);
  return entries.length + added.reduce((sum, { weight }) => sum + weight, 0) + most;
}

function everything({ entries, branches }: Branch): Entry[] {
  return [...entries, ...[...branches.values()].flatMap(everything)];
}

function childOf(branches: Map<string, Branch>, name: string, depth: number): Branch {
  const existing = branches.get(name);
  if (existing) return existing;
  const child: Branch = { depth, entries: [], branches: new Map() };
  branches.set(name, child);
  return child;
}
