import { deflateRawSync } from 'node:zlib';
import { samlWorld, swap } from '../../../../support/sso/forged-answer.ts';
import { casesOf } from './hostile-answer.ts';

const { person } = samlWorld;
const inName = (text: string) => swap(`>${person}<`, `>${text}<`);
const inAttribute = (text: string) => swap('>ann@company.example<', `>${text}<`);
/** Before the root, where no signature covers it. */
const before = (text: string) => swap('<samlp:Response', `${text}<samlp:Response`);
const after = (text: string) => (response: string) => `${response}${text}`;
const asBytes = (encode: (xml: string) => Buffer) => (base64: string) => (
  encode(Buffer.from(base64, 'base64').toString()).toString('base64'));

const forms = casesOf('form', 'form', [
  ['no base64', { sends: () => '<samlp:Response/>' }], ['nothing', { sends: () => '' }],
  ['base64url', { sends: (text) => `${text.slice(0, -8)}-_-_${text.slice(-4)}` }],
  ['more after the end', { sends: (text) => `${text}====` }], ['text after the end', { sends: (text) => `${text}*` }],
  ['base64 without its padding', { sends: (text) => `${text}QQ` }],
  ['percent-encoded', { sends: (text) => `${text.slice(0, -4)}%0A${text.slice(-4)}` }],
  ['600 kB', { sends: asBytes((xml) => Buffer.from(xml.padEnd(460_000))) }],
  ['Latin 1', { wraps: swap('<samlp:Status>', '<samlp:Status><!--é-->'), sends: asBytes((xml) => Buffer.from(xml, 'latin1')) }],
  ['UTF-16', { sends: asBytes((xml) => Buffer.from(`\uFEFF${xml}`, 'utf16le')) }],
  ['compressed, as in a query', { sends: asBytes((xml) => deflateRawSync(xml)) }],
]);

const attributes = (count: number) => Array.from({ length: count }, (_, index) => `a${index}="1"`).join(' ');
const sizes = casesOf('elements', 'in', [
  ['3,001 elements', { says: inAttribute('<a/>'.repeat(3_001)) }],
  ['6,001 signs that begin an element', { brings: before('<'.repeat(6_001)) }, 'parse'],
  ['65 elements deep', { says: inAttribute(`${'<a>'.repeat(65)}${'</a>'.repeat(65)}`) }],
  ['65 elements deep, with signs of the end in attributes', { says: inAttribute(`${'<a b="/>">'.repeat(65)}${'</a>'.repeat(65)}`) }],
  ['65 attributes of one element', { says: inAttribute(`<a ${attributes(65)}/>`) }],
  ['65 attributes around the assertion', { wraps: swap('<samlp:Response', `<samlp:Response ${attributes(65)}`) }],
]);

const characters = casesOf('characters', 'in', [
  ['NUL, written as a reference', { brings: inName(`${person}&#0;`) }, 'signature'],
  ['a backspace, written as a reference', { brings: inName(`${person}&#8;`) }, 'signature'],
  ['a control character', { says: inAttribute('a\u0001b') }],
  ['a control character after the end', { brings: after('\u0007') }, 'parse'],
  ['DEL', { says: inAttribute('a\u007fb') }], ['NEXT LINE', { brings: swap('<samlp:Status>', '\u0085<samlp:Status>') }],
  ['NEXT LINE, written as a reference', { brings: swap('<samlp:Status>', '&#133;<samlp:Status>') }],
  ['no character of Unicode', { says: inAttribute('a\uFFFEb') }],
  ['a number that is no character', { brings: inName(`${person}&#99999999;`) }, 'signature'],
]);

const laughs = ['<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].reduce((text, name) => (
  `${text}<!ENTITY ${name} "${`&${String.fromCharCode(name.charCodeAt(0) - 1)};`.repeat(10)}">`));
const markup = casesOf('markup', 'in', [
  ['a comment in the NameID', { brings: inName(`${person}<!-- -->`) }],
  ['a comment that divides the NameID', { says: inName('ann<!-- -->-4711.evil.example') }],
  ['a comment before the root', { brings: before('<!-- a -->') }], ['a comment after the root', { brings: after('<!-- a -->') }],
  ['a comment in the status', { wraps: swap('<samlp:Status>', '<samlp:Status><!-- a -->') }],
  ['a DOCTYPE', { brings: before('<!DOCTYPE samlp:Response>') }],
  ['entities that grow', { brings: before(`${laughs}]>`) }, 'library'],
  ['an external entity', { brings: before('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>') }],
  ['a parameter entity', { brings: before('<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/b"> %b;]>') }],
  ['an external DTD', { brings: before('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">') }],
  ['an entity that stands nowhere', { brings: inName('ann&b;') }, 'parse'],
  ['an entity of HTML', { brings: inName('ann&nbsp;') }, 'parse'], ['a bare ampersand', { brings: inName('a&b') }, 'parse'],
  ['CDATA in the NameID', { brings: inName(`<![CDATA[${person}]]>`) }],
  ['CDATA that hides a tag', { says: inAttribute('<![CDATA[</saml:AttributeValue>]]>') }],
  ['a processing instruction in the NameID', { says: inName('ann<?a b?>-4711') }],
  ['a style sheet', { brings: before('<?xml-stylesheet href="http://127.0.0.1:1/"?>') }],
  ['a mark of the byte order', { brings: (xml) => `\uFEFF${xml}` }, 'parse'],
  ['XML 1.1', { brings: swap('version="1.0"', 'version="1.1"') }],
  ['another encoding', { brings: swap('encoding="UTF-8"', 'encoding="ISO-8859-1"') }],
  ['UTF-7', { brings: swap('encoding="UTF-8"', 'encoding="UTF-7"') }],
  ['white space before the declaration', { brings: (xml) => ` ${xml}` }, 'parse'],
  ['two declarations', { brings: before('<?xml version="1.0"?>') }, 'parse'],
]);

const parsing = casesOf('parse', 'parse', [
  ['two roots', { brings: after('<a/>') }], ['a root before it', { brings: before('<a/>') }],
  ['text after the root', { brings: after('a') }],
  ['text before the root', { brings: before('a') }],
  ['the end is missing', { brings: (xml) => xml.slice(0, -10) }],
  ['an element that is closed by another name', { brings: swap('</samlp:Status>', '</samlp:Stat>') }],
  ['a prefix without a namespace', { brings: swap('<samlp:Status>', '<samlp:Status><x:a/>') }],
  ['an attribute with a prefix without a namespace', { brings: swap('<samlp:Status>', '<samlp:Status x:a="1">') }],
  ['an ID that is given twice', { brings: swap(' Version="2.0"', ' ID="_other" Version="2.0"') }],
  ['an attribute without quotes', { brings: swap('Version="2.0"', 'Version=2.0') }],
  ['an attribute without a value', { brings: swap('<samlp:Status>', '<samlp:Status a>') }],
  ['a tag in an attribute', { brings: swap('<samlp:Status>', '<samlp:Status a="<b>">') }],
]);

/** Answers that no two readers can be trusted to read alike. */
export const documentCases = [...forms, ...sizes, ...characters, ...markup, ...parsing];
