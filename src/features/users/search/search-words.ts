import { domainToUnicode } from 'node:url';
import type { UserProfile } from '../user.types.ts';

/** The longest part of a word that is stored, in characters. */
const longestWord = 64;
/** Each word is an entry of the index. The words of the address come first, so that long names never displace them. */
const mostWords = 50;

/** The words by which a user is found: those of the address, of the username and of both names, each once. */
export function searchWordsOf({ email = '', username, firstName, lastName }: UserProfile): string[] {
  const domain = domainToUnicode(email.slice(email.lastIndexOf('@') + 1));
  const texts = [email, domain, username, firstName, lastName];
  return [...new Set(texts.flatMap((text) => wordsOf(text ?? '')))].slice(0, mostWords);
}

const namingFields = ['email', 'username', 'firstName', 'lastName'] as const;

/** The new words of a user of whom some fields are written; nothing if none of these fields names the user. */
export function changedWords(before: UserProfile, set: UserProfile): { readonly searchWords?: string[] } {
  return namingFields.some((field) => field in set) ? { searchWords: searchWordsOf({ ...before, ...set }) } : {};
}

/**
 * The words of a text in the form in which they are compared: without differences of width and style (NFKD), accents and letter case.
 *
 * A word consists of letters and digits. Upper case, because lower case keeps two forms of the Greek sigma and the German ß apart.
 */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase();
  return folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '').map((word) => Array.from(word).slice(0, longestWord).join(''));
}
