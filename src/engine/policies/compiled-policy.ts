import { compileCondition, weightOf } from './condition.ts';
import type { CompiledCondition, Facts, Readings } from './condition.ts';
import type { Meter } from '../meter.ts';
import { everyAction } from './policy.ts';
import type { Effect, Policy } from './policy.ts';
import { isEverything, matchesParts, parseResourcePattern } from './resource-pattern.ts';
import type { ResourcePattern } from './resource-pattern.ts';

/** A policy made ready to be asked often. */
export interface Statement {
  readonly effect: Effect;
  readonly policy: Policy;
  readonly actions: ReadonlySet<string>;
  readonly patterns: readonly ResourcePattern[];
  readonly conditions: readonly CompiledCondition[];
  /** Of all its conditions. */
  readonly weight: number;
}

const everyUrl = parseResourcePattern('/**');

/**
 * Makes a policy ready.
 *
 * What is spelled wrongly covers nothing in an allow, and everything in a deny. A deny on every resource covers every URL
 * too; an allow covers URLs only by naming them.
 */
export function compileStatement(policy: Policy): Statement {
  const { effect, actions, resources, conditions = [] } = policy;
  const read = resources.map((resource) => parseResourcePattern(resource) ?? (effect === 'deny' ? parseResourcePattern('*') : undefined));
  const patterns = read.filter((pattern) => pattern !== undefined);
  if (effect === 'deny' && everyUrl && patterns.some(isEverything)) patterns.push(everyUrl);
  return { effect, policy, actions: new Set(actions), patterns, conditions: conditions.map(compileCondition), weight: conditions.reduce((sum, condition) => sum + weightOf(condition), 0) };
}

/** Whether its conditions let it count: an allow only if all hold, a deny unless one surely does not. */
export function counts({ effect, conditions, weight }: Statement, facts: Facts, readings: Readings): boolean {
  if (facts.meter) facts.meter.comparisons += weight;
  return conditions.every(({ test }) => (effect === 'allow' ? test(facts, readings) === 'yes' : test(facts, readings) !== 'no'));
}

/** Whether it is about this action on this resource, given by its parts. */
export function covers(statement: Statement, action: string, parts: readonly string[]): boolean {
  return coversAction(statement, action) && statement.patterns.some((pattern) => !pattern.isUrl && matchesParts(pattern, parts));
}

export function coversAction({ actions }: Pick<Statement, 'actions'>, action: string): boolean {
  return actions.has(action) || actions.has(everyAction);
}

/** Statements by what they are about, so that a decision looks at few of them however many there are. */
export interface StatementIndex {
  readonly size: number;
  /** Most patterns and conditions that one question can meet. */
  readonly heaviest: number;
  /** Every action that some statement names. */
  readonly actions: readonly string[];
  /** Those about this action on this resource, or URL, given by its parts; whether they count is not asked. */
  find(action: string, parts: readonly string[], meter?: Meter): ReadonlySet<Statement>;
  /** The patterns that may cover what begins with these parts. */
  along(actions: readonly string[], start: readonly string[]): Entry[];
  /** The patterns that begin with these parts and go on. */
  below(actions: readonly string[], start: readonly string[]): Entry[];
}

/** One pattern of one statement. */
export interface Entry {
  readonly statement: Statement;
  readonly pattern: ResourcePattern;
}

/** The patterns that begin with the same literal parts, and those that go on with one more. */
interface Branch {
  readonly depth: number;
  readonly entries: Entry[];
  readonly branches: Map<string, Branch>;
}

/** Sorts statements by action and the literal parts with which their patterns begin: a resource has few beginnings. */
export function indexStatements(statements: readonly Statement[], isUrl: boolean): StatementIndex {
  const byAction = new Map<string, Branch>();
  let size = 0;
  for (const statement of statements) {
    const patterns = statement.patterns.filter((pattern) => pattern.isUrl === isUrl);
    if (patterns.length > 0) size += 1;
    for (const pattern of patterns) {
      for (const action of statement.actions.has(everyAction) ? [everyAction] : statement.actions) {
        const branch = literalStart(pattern).reduce((at, part) => childOf(at.branches, part, at.depth + 1), childOf(byAction, action, 0));
        branch.entries.push({ statement, pattern });
      }
    }
  }
  return {
    size,
    heaviest: heaviestOf(byAction),
    actions: [...byAction.keys()],
    find(action, parts, meter) {
      const found = new Set<Statement>();
      for (const { depth, entries } of wayOf(byAction, action === everyAction ? [everyAction] : [action, everyAction], parts)) {
        if (meter) meter.comparisons += entries.length;
        for (const { statement, pattern } of entries) if (!found.has(statement) && matchesParts(pattern, parts, depth)) found.add(statement);
      }
      return found;
    },
    along: (actions, start) => wayOf(byAction, actions, start).flatMap(({ entries }) => entries),
    below: (actions, start) => wayOf(byAction, actions, start).filter(({ depth }) => depth === start.length).flatMap(({ branches }) => [...branches.values()].flatMap(everything)),
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

function heaviestOf(byAction: ReadonlyMap<string, Branch>): number {
  const { [everyAction]: always = 0, ...others } = Object.fromEntries([...byAction].map(([action, branch]) => [action, heaviestFrom(branch, new Set())]));
  return always + Math.max(0, ...Object.values(others));
}

/** The patterns and conditions from here on along the heaviest way; conditions of statements met before do not count. */
function heaviestFrom({ entries, branches }: Branch, met: Set<Statement>): number {
  const added = [...new Set(entries.map(({ statement }) => statement))].filter((statement) => !met.has(statement));
  for (const statement of added) met.add(statement);
  let most = 0;
  for (const branch of branches.values()) most = Math.max(most, heaviestFrom(branch, met));
  for (const statement of added) met.delete(statement);
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
