import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const readme = readFileSync(`${root}README.md`, 'utf8');

/** The code blocks of the README in their order, of one language or of all. */
export function codeBlocks(language?: string): string[] {
  return [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, written]) => language === undefined || written === language)
    .map(([, , code = '']) => code);
}

/** What stands between the markers `<!-- name:begin -->` and `<!-- name:end -->`. */
export function between(name: string): string {
  const [, rest = ''] = readme.split(`<!-- ${name}:begin -->\n`);
  return rest.split(`<!-- ${name}:end -->`)[0] ?? '';
}
