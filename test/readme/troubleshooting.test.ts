import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { censusChecks } from '../../src/http/census/census.ts';
import { readPage, root } from './read-pages.ts';

const page = readPage('docs/troubleshooting.md').replace(/\s+/g, ' ');

interface Message {
  readonly file: string;
  /** The longest part of the text that is always the same. */
  readonly text: string;
}

/** Messages that another function puts together: a text of each, as the page must have it. */
const assembled: Readonly<Record<string, string>> = {
  'src/boot/peer-packages.ts': ' is installed: npm install "',
  'src/boot/declarations/options.check.ts': 'options of createGatehouse are wrong:',
  'src/features/policies/declared-permissions.ts': 'is not action:resource',
  'src/cli/local/local-env.ts': 'No local database can be started',
};

const sources = ['src', 'scripts'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/^bench\/|node_modules/.test(path)).map((path) => `${folder}/${path}`));
const messages = sources.flatMap(messagesIn);

/** The messages of errors that end a start or a command: calls of `startError(message)` and `exit(kind, message)`. */
function messagesIn(file: string): Message[] {
  const text = readFileSync(join(root, file), 'utf8');
  if (!/\b(?:startError|exit)\(/.test(text)) return [];
  const found: Message[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const { text: name } = node.expression;
      const [first, second] = node.arguments;
      const isUsage = first !== undefined && ts.isStringLiteral(first) && first.text === 'usage';
      const message = name === 'startError' ? first : name === 'exit' && !isUsage ? second : undefined;
      if (message) found.push({ file, text: longestPart(message) });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function longestPart(node: ts.Node): string {
  const parts: string[] = [];
  const collect = (each: ts.Node): void => {
    if (ts.isStringLiteral(each) || ts.isNoSubstitutionTemplateLiteral(each) || ts.isTemplateHead(each)
      || ts.isTemplateMiddle(each) || ts.isTemplateTail(each)) parts.push(each.text);
    ts.forEachChild(each, collect);
  };
  collect(node);
  return parts.sort((a, b) => b.length - a.length)[0]?.trim() ?? '';
}

describe('the page about troubleshooting', () => {
  it('checks of the census, of guards and of the verifier, are rows', () => {
    const names = sources.filter((file) => /^src\/(?:http\/census|host\/guards|verifier)\//.test(file)).flatMap((file) => (
      [...readFileSync(join(root, file), 'utf8').matchAll(/\b(?:check|name): '([a-z]+(?:-[a-z]+)+)'/g)].map(([, name = '']) => name)));
    expect(names).toEqual(expect.arrayContaining(censusChecks.map(({ name }) => name)));
    expect(new Set(names).size).toBe(16);
    expect(names.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('messages that end a start or a command, are rows with a cure', () => {
    const wanted = messages.map(({ file, text }) => ({ file, text: (text.length > 12 ? text : assembled[file] ?? text).slice(0, 50) }));
    expect(wanted.length).toBeGreaterThan(25);
    expect(wanted.filter(({ text }) => text === '' || !page.includes(text.replace(/\s+/g, ' ')))).toEqual([]);
  });
});
