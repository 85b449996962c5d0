import { compileCondition } from './condition.ts';
import type { CompiledCondition, Facts, Readings } from './condition.ts';
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
  return { effect, policy, actions: new Set(actions), patterns, conditions: conditions.map(compileCondition) };
}

/** Whether its conditions let it count: an allow only if all hold, a deny unless one surely does not. */
export function counts({ effect, conditions }: Statement, facts: Facts, readings: Readings): boolean {
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
  /** Those about this action on this resource, or URL, given by its parts; whether they count is not asked. */
  find(action: string, parts: readonly string[]): Statement[];
}

interface Entry {
  readonly statement: Statement;
  readonly pattern: ResourcePattern;
}

/** The patterns that begin with the same literal parts, and those that go on with one more. */
interface Branch {
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
      for (const action of statement.actions) {
        let branch = childOf(byAction, action);
        for (const token of pattern.tokens) {
          if (token.kind !== 'literal') break;
          branch = childOf(branch.branches, token.text);
        }
        branch.entries.push({ statement, pattern });
      }
    }
  }
  return {
    size,
    find(action, parts) {
      const found = new Set<Statement>();
      for (const each of [action, everyAction]) {
        let branch = byAction.get(each);
        for (let depth = 0; branch; depth += 1) {
          for (const { statement, pattern } of branch.entries) if (!found.has(statement) && matchesParts(pattern, parts, depth)) found.add(statement);
          branch = branch.branches.get(parts[depth] ?? '');
        }
      }
      return [...found];
    },
  };
}

function childOf(branches: Map<string, Branch>, name: string): Branch {
  const existing = branches.get(name);
  if (existing) return existing;
  const child: Branch = { entries: [], branches: new Map() };
  branches.set(name, child);
  return child;
}
