import { DOMParser, onWarningStopParsing } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';

/**
 * Parses a document whose text was checked before; null if it is not well-formed, or if the parser has a doubt of any kind.
 *
 * The message of the parser is dropped, because it quotes the document.
 */
export function parseStrictly(text: string): Element | null {
  try {
    return new DOMParser({ onError: onWarningStopParsing, locator: false }).parseFromString(text, 'text/xml').documentElement;
  } catch {
    return null;
  }
}
