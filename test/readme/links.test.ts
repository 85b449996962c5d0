import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import GithubSlugger from 'github-slugger';
import type { Token } from 'marked';
import { pages, root, tokensOf } from './read-pages.ts';

interface Link {
  readonly page: string;
  readonly target: string;
}

/** Pages for people who change Gatehouse. They are checked as well, and need no way from the README. */
const innerPages = ['test/README.md'];
const all = [...pages, ...innerPages];
const links: readonly Link[] = all.flatMap((page) => tokensOf(page).flatMap(targetsIn).map((target) => ({ page, target })));
const isExternal = ({ target }: Link) => /^[a-z]+:/.test(target);
const within = links.filter((link) => !isExternal(link));

function targetsIn(token: Token): string[] {
  if (token.type === 'link' || token.type === 'image') return [String(token['href'])];
  if (token.type === 'html') return [...token.raw.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, target = '']) => target);
  return [];
}

/** The anchors that code hosts give to the headings of a page. */
function anchorsOf(page: string): string[] {
  const slugger = new GithubSlugger();
  return tokensOf(page).filter((token) => token.type === 'heading').map((token) => slugger.slug(plainText(token)));
}

function plainText(token: Token): string {
  if ('tokens' in token && Array.isArray(token.tokens)) return token.tokens.map(plainText).join('');
  return 'text' in token ? String(token['text']) : '';
}

function fileOf({ page, target }: Link): string {
  const [path = ''] = target.split('#');
  return path === '' ? page : normalize(join(dirname(page), path));
}

describe('links of the pages', () => {
  it('within the project, lead to a file, and with an anchor to a heading of it', () => {
    const broken = within.filter((link) => {
      const [, anchor] = link.target.split('#');
      const file = fileOf(link);
      return !existsSync(join(root, file)) || (anchor !== undefined && !(file.endsWith('.md') && anchorsOf(file).includes(anchor)));
    });
    expect(broken).toEqual([]);
    expect(within.length).toBeGreaterThan(50);
  });

  it('to other places, are complete https addresses, or http ones of this machine', () => {
    const wrong = links.filter(isExternal).filter(({ target }) => {
      if (!URL.canParse(target)) return true;
      const { protocol, hostname } = new URL(target);
      return protocol !== 'https:' && !(protocol === 'http:' && hostname === '127.0.0.1');
    });
    expect(wrong).toEqual([]);
  });

  it('from the README on, lead to every page', () => {
    const found = new Set(['README.md']);
    for (const page of found) for (const link of within) if (link.page === page) found.add(fileOf(link));
    expect(pages.filter((page) => !found.has(page))).toEqual([]);
  });

  it('of pages in the package, lead to files in the package, except the one to CONTRIBUTING.md', () => {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly files: readonly string[] }; // our own file
    const shipped = [...files, 'README.md', 'LICENSE', 'package.json'];
    const isShipped = (path: string) => shipped.some((name) => path === name || path.startsWith(`${name}/`));
    const broken = within.filter(({ page }) => isShipped(page)).map(fileOf).filter((file) => !isShipped(file));
    expect([...new Set(broken)]).toEqual(['CONTRIBUTING.md']);
  });
});

describe('words of the pages', () => {
  // Outside of a folder that has installed Gatehouse, npx would run a stranger's package of this name.
  it('a command of npx, in pages and in messages of the source, never names "gatehouse" alone', () => {
    const sources = ['src', 'config', 'scripts', 'examples'].flatMap((folder) => (
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))));
    const files = [...all, '.env.example', ...sources.filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.includes('node_modules'))];
    expect(files.length).toBeGreaterThan(400);
    const wrong = /npx (?:-\S+ )*gatehouse\b/;
    expect(files.filter((file) => wrong.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  it('phrases that a reader would have to read twice, do not occur', () => {
    const hard = /\b(?:whoever|whomever|so many|what is asked for|in hand|whom it is for|as it stands alone)\b/i;
    expect(pages.filter((page) => page !== 'CHANGELOG.md').flatMap((page) => (
      readFileSync(join(root, page), 'utf8').split('\n').filter((line) => hard.test(line)).map((line) => `${page}: ${line}`)))).toEqual([]);
  });
});
