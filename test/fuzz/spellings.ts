import type { Random } from './random.ts';

/** Values of parameters: plain ones, odd ones, and names that routes have as well. */
const values = [
  '7', 'me', 'mine', 'abc', 'x%20y', '%C3%A9', 'a.b', 'a~b', "o'brien", '__proto__', '*', ':id', 'a,b', '%252E', 'index', 'private',
  'rotate', 'members', '...', '@x',
];

/** A path that a URL matches. */
export function fillIn(url: string, random: Random): string {
  return url.replace(/[:*]\w+/g, (name) => {
    const count = name.startsWith('*') ? 1 + random.below(3) : 1;
    return Array.from({ length: count }, () => random.pick(values)).join('/');
  });
}

type Mutation = (path: string, random: Random, urls: readonly string[]) => string;

/** Puts something in at a place of its choice. */
const insert = (...texts: string[]): Mutation => (path, random) => {
  const at = random.below(path.length + 1);
  return `${path.slice(0, at)}${random.pick(texts)}${path.slice(at)}`;
};

/** Writes one character in another way. */
const rewrite = (change: (character: string, random: Random) => string): Mutation => (path, random) => {
  const at = random.below(path.length);
  return `${path.slice(0, at)}${change(path.charAt(at), random)}${path.slice(at + 1)}`;
};

const instead = (from: RegExp, ...texts: string[]): Mutation => (path, random) => path.replace(from, () => random.pick(texts));
const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(2, '0');

/** Ways to spell the same URL, that are no spelling of it at all. */
const respellings: readonly Mutation[] = [
  rewrite((character) => `%${hex(character).toUpperCase()}`),
  rewrite((character) => `%${hex(character)}`),
  rewrite((character) => `%25${hex(character).toUpperCase()}`),
  rewrite((character) => `%u00${hex(character)}`),
  rewrite((character) => `%C0%${(0x80 | (character.charCodeAt(0) & 0x3f)).toString(16).toUpperCase()}`),
  insert('//', '/./', '/../', '/x/../', '/.', '/..', '/..;/', '/%2e/', '/%2E%2E/', '/.%2e/'),
  insert(';', ';x=1', ';/', '%3B', '%3b'),
  insert('%2F', '%2f', '%5C', '%5c', '\\', '\\..\\', '%252F'),
  insert('%00', '%0A', '%0d%0a', '%09', '%7F', '%20', '+', '%', '%%', '%zz', '%4'),
  insert('%C0%AF', '%E0%80%AF', '%FF', '%ED%A0%80', '%C3', '%EF%BC%8F', '%C4%B1', '%E2%84%AA', '%C2%A0', '%E2%80%AE'),
  instead(/\//, '//', '///', '/./', '%2F', '\\', '/;/', '/%20/'),
  instead(/\/(?=[^/]*$)/, '//', '\\', '%5C', '%2F', '/./', '/x/../', '/.//'),
  insert('#', '#x', '#/', '%23', '%3F'),
  (path) => `/x/..${path}`,
  (path) => `/.${path}`,
  (path) => `/${path}`,
  (path) => `${path}/.`,
  (path) => `${path}//`,
];

/** Other URLs, near by. */
const neighbours: readonly Mutation[] = [
  (path) => `${path}/`,
  (path) => path.toUpperCase(),
  rewrite((character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase())),
  insert('.', '~', '-', 'a', '0', "'", '*', '@', ':', '$', ',', '!', '(', '='),
  (path, random) => `${path}${random.pick(['.json', '/x', '/me', '~', '.', '..', '%20', '/members', '/index', '/private/a'])}`,
  (path) => path.slice(0, path.lastIndexOf('/')) || '/',
  (path) => path.slice(0, -1) || '/',
  (path, random) => path.replace(/[^/]+/, random.pick(['files', 'shop', 'team', 'reports', 'admin', 'roles', 'keys', 'docs'])),
  (path, random, urls) => `${path}${fillIn(random.pick(urls), random)}`,
  (path, random) => {
    const parts = path.split('/');
    return parts.toSpliced(1 + random.below(parts.length), random.below(2), random.pick(values)).join('/') || '/';
  },
  (path, random) => `${path}/${'a'.repeat(random.pick([2_000, 2_048, 4_000]))}`,
];

/** Targets that are no path: Node's parser answers some of them itself. */
const wild: readonly Mutation[] = [
  (path, random) => `${random.pick(['http://127.0.0.1', 'http://a:80', 'HTTP://a@b', 'https://x', 'ws://x', 'http:'])}${path}`,
  (path) => `//127.0.0.1${path}`,
  (path) => path.slice(1),
  (_path, random) => random.pick(['*', 'a:80', '127.0.0.1:80', '/', '.', '..', '?', '#', '%2F', '@']),
  insert('\u00e9', '\u00a0', '\u00ff', '\u00c4\u00b1', '\u00e2\u0084\u00aa', '\u00ef\u00bc\u008f', '\u0080'),
  insert(' ', '\t', '\u0000', '\u0001', '\u000b', '\u007f', '"', '<', '>', '^', '`', '{', '|', '}', '[', ']'),
];

/** Changes a path once or twice. */
export function mutate(path: string, random: Random, urls: readonly string[]): string {
  const mutations = random.chance(0.62) ? respellings : random.chance(0.75) ? neighbours : wild;
  const once = random.pick(mutations)(path, random, urls);
  return random.chance(0.25) && once !== '' ? random.pick(random.chance(0.5) ? respellings : neighbours)(once, random, urls) : once;
}
