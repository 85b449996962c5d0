import { isPlainText } from '../../../http/input/fields.ts';
import { ScimError } from '../scim-error.ts';

/** A part of the text of a filter. */
export interface FilterToken {
  readonly kind: 'word' | 'text' | '(' | ')' | '[' | ']' | 'end';
  /** The word as it is written, or the content of a text. */
  readonly text: string;
  /** Its place in the filter, from 1. */
  readonly place: number;
  readonly isSpaced: boolean;
}

const maxCharacters = 1_024;

/** Creates the error of a wrong filter (RFC 7644, section 3.12). */
export function invalidFilter(detail: string): ScimError {
  return new ScimError(400, 'invalidFilter', detail);
}

/** Spaces, and then a word, a text in the form of JSON, or a bracket. */
const part = / *(?:([A-Za-z0-9_$.:+-]+)|("(?:[^"\\]|\\.)*")|([()[\]]))/sy;

/**
 * Divides a filter into words, texts and brackets. The last token is "end".
 *
 * Throws `invalidFilter` for more than 1,024 characters, for anything else, and for two parts without a space that they need.
 */
export function readTokens(filter: string): readonly FilterToken[] {
  if (filter.length > maxCharacters) throw invalidFilter(`The filter has more than ${maxCharacters} characters.`);
  const tokens: FilterToken[] = [];
  const end = filter.replace(/ +$/, '').length;
  part.lastIndex = 0;
  while (part.lastIndex < end) {
    const from = part.lastIndex;
    const found = part.exec(filter);
    if (!found) throw invalidFilter(`The filter cannot be read from character ${from + 1} on.`);
    const [whole, word, quoted, bracket] = found;
    const content = word ?? quoted ?? bracket ?? '';
    const place = from + whole.length - content.length + 1;
    const isSpaced = content.length < whole.length;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: unquoted(quoted, place), place, isSpaced });
    // The pattern knows these four brackets alone.
    else tokens.push({ kind: word === undefined ? content as '(' : 'word', text: content, place, isSpaced });
    requireSpace(tokens.at(-2), tokens.at(-1));
  }
  return [...tokens, { kind: 'end', text: '', place: end + 1, isSpaced: true }];
}

/** A word or a text begins after a space or an opening bracket. */
function requireSpace(before: FilterToken | undefined, token: FilterToken | undefined): void {
  if (!before || !token || token.isSpaced || before.kind === '(' || before.kind === '[') return;
  if (token.kind === 'word' || token.kind === 'text') throw invalidFilter(`The filter needs a space before character ${token.place}.`);
}

function unquoted(quoted: string, place: number): string {
  let text: unknown;
  try {
    text = JSON.parse(quoted);
  } catch {
    text = undefined; // The message of the parser quotes the filter.
  }
  if (!isPlainText(text)) throw invalidFilter(`The text at character ${place} of the filter is no text of JSON.`);
  return text;
}
