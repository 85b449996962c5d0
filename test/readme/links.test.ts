import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import type { Token } from 'marked';
import { linksOf } from './page-links.ts';
import type { Link } from './page-links.ts';
import { pages, root, tokensOf } from './read-pages.ts';

/** Pages for people who change Gatehouse. They are checked as well, and need no way from the README. */
const innerPages = ['test/README.md'];
const all = [...pages, ...innerPages];
const links = all.flatMap(linksOf);
const isWithin = (link: Link): link is Required<Link> => link.file !== undefined;
const within = links.filter(isWithin);

/** The anchors that code hosts give to the headings of a page. */
function anchorsOf(page: string): string[] {
  const slugger = new GithubSlugger();
  return tokensOf(page).filter((token) => token.type === 'heading').map((token) => slugger.slug(plainText(token)));
}

function plainText(token: Token): string {
  if ('tokens' in token && Array.isArray(token.tokens)) return token.tokens.map(plainText).join('');
  return 'text' in token ? String(token['text']) : '';
}

describe('links of the pages', () => {
  it('within the project, lead to a file, and with an anchor to a heading of it', () => {
    const broken = within.filter((link) => {
      const [, anchor] = link.target.split('#');
      const { file } = link;
      return !existsSync(join(root, file)) || (anchor !== undefined && !(file.endsWith('.md') && anchorsOf(file).includes(anchor)));
    });
    expect(broken).toEqual([]);
    expect(within.length).toBeGreaterThan(50);
  });

  it('to other places, are complete https addresses, or http ones of this machine', () => {
    const wrong = links.filter((link) => !isWithin(link)).filter(({ target }) => {
      if (!URL.canParse(target)) return true;
      const { protocol, hostname } = new URL(target);
      return protocol !== 'https:' && !(protocol === 'http:' && hostname === '127.0.0.1');
    });
    expect(wrong).toEqual([]);
  });

  it('from the README on, lead to every page', () => {
    const found = new Set(['README.md']);
    for (const page of found) for (const link of within) if (link.page === page) found.add(link.file);
    expect(pages.filter((page) => !found.has(page))).toEqual([]);
  });

  it('of pages in the package, lead to files in the package', () => {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly files: readonly string[] }; // our own file
    const shipped = [...files, 'README.md', 'LICENSE', 'package.json'];
    const isShipped = (path: string) => shipped.some((name) => path === name || path.startsWith(`${name}/`));
    const broken = within.filter(({ page }) => isShipped(page)).filter(({ file }) => !isShipped(file));
    expect(broken).toEqual([]);
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
