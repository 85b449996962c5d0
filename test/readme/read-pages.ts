import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lexer, walkTokens } from 'marked';
import type { Token } from 'marked';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every page that users read, as paths from the root: the Markdown files there and all of docs/. */
export const pages: readonly string[] = [
  ...readdirSync(root), ...readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md')).sort();

export function readPage(page: string): string {
  return readFileSync(root + page, 'utf8');
}

/** The text of all pages. */
export const allPages = pages.map(readPage).join('\n');

/** Every part of a page, also those inside of other parts. */
export function tokensOf(page: string): Token[] {
  const found: Token[] = [];
  void walkTokens(lexer(readPage(page)), (token) => { found.push(token); }); // the callback is synchronous, so it is done here
  return found;
}

/** The code blocks of a page in their order, of one language or of all. */
export function codeBlocks(page: string, language?: string): string[] {
  return tokensOf(page).flatMap((token) => (
    token.type === 'code' && (language === undefined || token['lang'] === language) ? [`${String(token['text'])}\n`] : []));
}

/** The text between the markers `<!-- name:begin -->` and `<!-- name:end -->`, which one page has. */
export function between(name: string): string {
  const [text = '', ...more] = pages.map(readPage).filter((page) => page.includes(`<!-- ${name}:begin -->`));
  if (more.length > 0) throw new Error(`More than one page has the marker ${name}:begin.`);
  const [, rest = ''] = text.split(`<!-- ${name}:begin -->\n`);
  return rest.split(`<!-- ${name}:end -->`)[0] ?? '';
}
