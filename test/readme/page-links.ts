import { dirname, join, normalize } from 'node:path';
import type { Token } from 'marked';
import { tokensOf } from './read-pages.ts';

export interface Link {
  readonly page: string;
  readonly target: string;
  /** The path of the file to which it leads, from the root of the project. Absent for another site. */
  readonly file?: string;
}

/** The links of a page, in their order. */
export function linksOf(page: string): Link[] {
  return tokensOf(page).flatMap(targetsIn).map((target) => ({
    page, target, ...(!/^[a-z]+:/.test(target) && { file: fileOf(page, target) }),
  }));
}

function targetsIn(token: Token): string[] {
  if (token.type === 'link' || token.type === 'image') return [String(token['href'])];
  if (token.type === 'html') return [...token.raw.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, target = '']) => target);
  return [];
}

function fileOf(page: string, target: string): string {
  const [path = ''] = target.split('#');
  return path === '' ? page : normalize(join(dirname(page), path));
}
