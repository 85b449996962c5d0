import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * The full names of all tests in a file, "describe > it", as they are written: %s of an `each` and ${...} stay as they are.
 *
 * Skipped tests and groups (`it.skip`, `describe.skip`, `it.todo`) have no name here: they show nothing.
 */
export function readTestNames(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const names: string[] = [];

  function visit(node: ts.Node, titles: readonly string[]): void {
    const called = ts.isCallExpression(node) ? readCall(node, source) : undefined;
    if (!ts.isCallExpression(node) || !called) {
      node.forEachChild((child) => visit(child, titles));
      return;
    }
    if (called.isSkipped) return;
    const path = [...titles, called.title];
    if (called.kind === 'describe') for (const argument of node.arguments) visit(argument, path);
    else names.push(path.join(' > '));
  }

  visit(source, []);
  return names;
}

interface Call {
  readonly kind: 'describe' | 'it';
  readonly title: string;
  readonly isSkipped: boolean;
}

/** Reads describe('...'), it('...'), it.each(...)('...') and the like; anything else is none. */
function readCall({ expression, arguments: [title] }: ts.CallExpression, source: ts.SourceFile): Call | undefined {
  const callee = expression.getText(source).replace(/\.each\b[\s\S]*$/, '');
  const [, name, modifier] = /^(describe|it|test)(?:\.(only|skip|todo|failing))?$/.exec(callee) ?? [];
  // An `it.each(...)` itself has rows for arguments; the call of what it gives has the title.
  if (name === undefined || !title || !(ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) return undefined;
  return {
    kind: name === 'describe' ? 'describe' : 'it',
    title: ts.isStringLiteralLike(title) ? title.text : title.getText(source).slice(1, -1),
    isSkipped: modifier === 'skip' || modifier === 'todo' || modifier === 'failing',
  };
}
