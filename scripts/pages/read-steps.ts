import { lexer } from 'marked';
import type { Token } from 'marked';

/** One thing that a page asks its reader to do: to run commands in bash, or to write a file. */
export type Step =
  | {
    readonly kind: 'run';
    readonly text: string;
    /** The text that the page shows as printed by these commands. */
    readonly printed?: string;
  }
  | { readonly kind: 'file'; readonly name: string; readonly text: string };

/**
 * Reads the steps of a page, in their order.
 *
 * A block of `bash` is run. A `text` block directly after it is what it prints. A block under a line with nothing but a name, such as
 * "`app.ts`:", is this file. All other blocks only show something.
 */
export function stepsOf(markdown: string): Step[] {
  const tokens = lexer(markdown).filter(({ type }) => type !== 'space');
  return tokens.flatMap((token, index): Step[] => {
    if (token.type !== 'code') return [];
    const text = `${String(token['text'])}\n`;
    const name = nameIn(tokens[index - 1]);
    if (name !== undefined) return [{ kind: 'file', name, text }];
    if (token['lang'] !== 'bash') return [];
    const after = tokens[index + 1];
    return [{ kind: 'run', text, ...(isOfText(after) && { printed: String(after['text']) }) }];
  });
}

function nameIn(token: Token | undefined): string | undefined {
  return token?.type === 'paragraph' ? /^`([\w./-]+)`:$/.exec(String(token['text']))?.[1] : undefined;
}

function isOfText(token: Token | undefined): token is Token & Record<'text', unknown> {
  return token?.type === 'code' && token['lang'] === 'text';
}
