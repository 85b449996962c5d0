import ts from 'typescript';
import { groupBy } from './group-by.ts';

/** A source file as it is checked. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

interface Export {
  readonly name: string;
  readonly path: string;
  readonly isValue: boolean;
}

/**
 * Finds exported names of `checked` that stand for two things, or that no other file uses; one line each.
 *
 * `all` are the files that may use them. Types that only their own file names are allowed: they are part of a signature.
 */
export function findExportFaults(checked: readonly SourceText[], all: readonly SourceText[]): string[] {
  const byName = groupBy(checked.flatMap(exportsOf), ({ name }) => name);
  const words = new Map(all.map(({ path, text }) => [path, new Set(text.match(/[\w$]+/g))]));
  const isUsedElsewhere = ({ name, path }: Export) => [...words].some(([other, used]) => other !== path && used.has(name));
  return [...byName].flatMap(([name, found]) => {
    const [first] = found;
    if (found.length > 1) return [`${name} is exported by ${found.map(({ path }) => path).join(' and ')}: give one of them another name.`];
    return first?.isValue && !isUsedElsewhere(first) ? [`${name} is exported by ${first.path}, and no other file uses it.`] : [];
  });
}

function exportsOf({ path, text }: SourceText): Export[] {
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return statements.filter(isExported).flatMap((statement) => namesOf(statement).map((name) => ({
    name, path, isValue: !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement),
  })));
}

/** Whether it is exported by its name: a default export has none. */
function isExported(statement: ts.Statement): boolean {
  const kinds = (ts.canHaveModifiers(statement) ? ts.getModifiers(statement) ?? [] : []).map(({ kind }) => kind);
  return kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword);
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}
