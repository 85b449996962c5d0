import ts from 'typescript';
import type { Edit } from './mutation.types.ts';

const swapped = new Map<ts.SyntaxKind, readonly string[]>([
  [ts.SyntaxKind.LessThanToken, ['<=', '>']],
  [ts.SyntaxKind.LessThanEqualsToken, ['<', '>']],
  [ts.SyntaxKind.GreaterThanToken, ['>=', '<']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['>', '<']],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [ts.SyntaxKind.AmpersandAmpersandToken, ['||']],
  [ts.SyntaxKind.BarBarToken, ['&&']],
  [ts.SyntaxKind.PlusToken, ['-']],
  [ts.SyntaxKind.MinusToken, ['+']],
]);

const swappedCalls = new Map([['every', 'some'], ['some', 'every'], ['min', 'max'], ['max', 'min']]);

/** Lists every edit that makes a mutant of a source file, in the order of their places. */
export function listEdits(source: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const add = (node: ts.Node, replacement: string, change: string): void => {
    edits.push({ start: node.getStart(source), end: node.getEnd(), replacement, change });
  };
  const negate = (node: ts.Expression, change: string): void => add(node, `!(${node.getText(source)})`, change);

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isIfStatement(node) || ts.isWhileStatement(node)) negate(node.expression, 'negate the condition');
    if (ts.isConditionalExpression(node)) negate(node.condition, 'negate the condition');
    if (ts.isBinaryExpression(node)) visitBinary(node);
    if (ts.isExpressionStatement(node)) add(node, ';', 'drop the statement');
    if (ts.isThrowStatement(node)) add(node, ';', 'drop the throw');
    if (ts.isObjectLiteralExpression(node)) dropEach(node.properties, 'drop a property');
    if (ts.isArrayLiteralExpression(node)) dropEach(node.elements, 'drop an element');
    if (ts.isReturnStatement(node) && node.expression) visitResult(node.expression);
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) visitResult(node.body);
    if (ts.isNumericLiteral(node)) visitNumber(node);
    if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, 'false', 'true becomes false');
    if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, 'true', 'false becomes true');
    if (ts.isPropertyAccessExpression(node)) visitAccess(node);
    ts.forEachChild(node, visit);
  }

  function visitBinary(node: ts.BinaryExpression): void {
    const [operator, left, right] = [node.operatorToken, node.left.getText(source), node.right.getText(source)];
    for (const other of swapped.get(operator.kind) ?? []) add(operator, other, `${operator.getText(source)} becomes ${other}`);
    if (operator.kind === ts.SyntaxKind.QuestionQuestionToken) {
      add(node, `(${left})`, 'drop what follows ??');
      add(node, `(${right})`, 'drop what precedes ??');
    }
    if (operator.kind === ts.SyntaxKind.AmpersandAmpersandToken || operator.kind === ts.SyntaxKind.BarBarToken) {
      add(node, `(${left})`, `drop what follows ${operator.getText(source)}`);
      add(node, `(${right})`, `drop what precedes ${operator.getText(source)}`);
    }
  }

  /** An element goes with the comma behind it, or before it where it is the last. */
  function dropEach(nodes: ts.NodeArray<ts.Node>, change: string): void {
    for (const [index, node] of nodes.entries()) {
      const [next, previous] = [nodes[index + 1], nodes[index - 1]];
      const start = !next && previous ? previous.getEnd() : node.getStart(source);
      edits.push({ start, end: next?.getStart(source) ?? node.getEnd(), replacement: '', change });
    }
  }

  function visitResult(node: ts.Expression): void {
    add(node, 'undefined', 'return undefined');
    // A comparison that is negated equals a swapped one.
    if (!ts.isBinaryExpression(node) && !ts.isObjectLiteralExpression(node) && !ts.isParenthesizedExpression(node)) negate(
      node, 'return the opposite',
    );
  }

  function visitNumber(node: ts.NumericLiteral): void {
    const value = Number(node.text.replaceAll('_', ''));
    add(node, String(value + 1), 'number + 1');
    if (value > 0) add(node, String(value - 1), 'number - 1');
  }

  function visitAccess(node: ts.PropertyAccessExpression): void {
    if (node.questionDotToken) add(node.questionDotToken, '.', '?. becomes .');
    const other = swappedCalls.get(node.name.text);
    if (other !== undefined && ts.isCallExpression(node.parent) && node.parent.expression === node) add(
      node.name, other, `${node.name.text} becomes ${other}`,
    );
  }

  visit(source);
  return edits.sort((one, two) => one.start - two.start || one.end - two.end || (one.replacement < two.replacement ? -1 : 1));
}
