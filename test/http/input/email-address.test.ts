import fc from 'fast-check';
import { domainKeyOf } from '../../../src/http/input/domain-name.ts';
import { emailKeyOf, isOneOfAKind, mailboxOf } from '../../../src/http/input/email-address.ts';

const label = fc.stringMatching(/^[a-z]([a-z0-9]{0,8}[a-z0-9])?$/);
const unicodeLabel = fc.stringMatching(/^[a-zäöüéñабвжлф中文字かな]{1,8}$/u);
const domain = fc.tuple(
  fc.oneof(label, unicodeLabel), label, fc.constantFrom('com', 'example', 'museum'),
).map((parts) => parts.join('.')).filter((text) => domainKeyOf(text) !== null);
const invisible = fc.oneof(
  fc.constantFrom(
    '\u00ad', '\u034f', '\u061c', '\u115f', '\u17b4', '\u180e', '\u200b', '\u200d', '\u200e', '\u202e', '\u2060', '\u2066', '\u3164',
    '\ufe0f', '\ufeff', '\uffa0', '\u{e0041}', '\u{e0100}',
  ),
  fc.integer({ min: 0, max: 0x9f }).filter((code) => code < 0x20 || code > 0x7e).map((code) => String.fromCharCode(code)),
);

describe('domainKeyOf', () => {
  it('a domain in Unicode letters, capital letters or punycode, is one', () => {
    for (const spellings of [
      [
        'bücher.example', 'BÜCHER.Example', 'bu\u0308cher.example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.example', 'bücher。example',
        'bücher．example',
      ],
      ['中文.com', 'xn--fiq228c.com'], ['faß.de', 'FAß.de', 'xn--fa-hia.de'],
      ['example.com', 'EXAMPLE.com', 'ｅxample.com', 'exampl\u212f.com'],
    ]) {
      expect([spellings, new Set(spellings.map(domainKeyOf)).size]).toEqual([spellings, 1]);
      expect(domainKeyOf(spellings[0] ?? '')).toMatch(/^[a-z0-9.-]+$/);
    }
    expect(domainKeyOf('fass.de')).not.toBe(domainKeyOf('faß.de'));
    expect(domainKeyOf('ex\u0430mple.com')).not.toBe('example.com'); // Cyrillic: another domain, whatever it looks like
  });

  it('the form in which it is compared, is a domain with that same form', () => {
    fc.assert(fc.property(domain, (text) => {
      const key = domainKeyOf(text) ?? '';
      expect([domainKeyOf(key), domainKeyOf(key.toUpperCase()), domainKeyOf(text.toUpperCase().toLowerCase())]).toEqual([key, key, key]);
    }));
  });

  it('a malformed domain, is refused, also where Node would change it into one', () => {
    for (const text of [
      '', '.', 'a', 'localhost', 'a..b', '.a.example', 'a.example.', 'a.b', '-a.example', 'a-.example', 'a_b.example', 'a b.example',
      'a%41.example', 'a%2eexample', 'a/b.example', 'a?b.example', 'a#.example',
      'a.example:80', 'u@a.example', '[::1]', '127.0.0.1', '0x7f.1', '１２７.0.0.1', 'xn--a.example', 'xn--zzzzzz99999.example',
      `${'a'.repeat(64)}.example`, `${'a.'.repeat(130)}example`, `${'ü'.repeat(62)}.example`,
    ]) expect([text, domainKeyOf(text)]).toEqual([text, null]);
  });

  it('an invisible or control character anywhere, makes it none', () => {
    fc.assert(fc.property(domain, invisible, fc.nat(), (text, character, place) => {
      const at = place % (text.length + 1);
      expect(domainKeyOf(text.slice(0, at) + character + text.slice(at))).toBeNull();
    }));
  });
});

describe('isOneOfAKind', () => {
  it('usual addresses, are', () => {
    for (const email of [
      'ann@example.com', 'Ann.O+x@Example.COM', 'jürgen@bücher.example', 'jürgen@xn--bcher-kva.example', '用户@例子.com', "o'brien@example.com",
      '1_a-b@example.com',
    ]) expect([email, isOneOfAKind(email)]).toEqual([email, true]);
  });

  it('an invisible or control character anywhere, is refused', () => {
    fc.assert(fc.property(domain, label, invisible, fc.nat(), (at, local, character, place) => {
      const text = `${local}@${at}`;
      const index = place % (text.length + 1);
      expect(isOneOfAKind(text)).toBe(true);
      expect(isOneOfAKind(text.slice(0, index) + character + text.slice(index))).toBe(false);
    }));
  });

  it('a local part that compatibility normalization changes, or that is quoted, is refused', () => {
    for (const local of [
      'ａnn', 'ﬁnn', '\u212bke', 'ſam', 'ann²', 'ⓐnn', 'cafe\u0301', '"ann"', '"a b"', 'a b', 'a\u00a0b',
    ]) expect([local, isOneOfAKind(`${local}@example.com`)]).toEqual([local, false]);
  });
});

describe('emailKeyOf', () => {
  it('spellings of one address, have one key, to which mail goes', () => {
    const spellings = ['Ann@Bücher.example', 'ann@bu\u0308cher.example', 'ANN@xn--bcher-kva.example'];
    expect(new Set(spellings.map(emailKeyOf))).toEqual(new Set(['ann@xn--bcher-kva.example']));
    expect(spellings.map(mailboxOf)).toEqual(['Ann', 'ann', 'ANN'].map((local) => `${local}@xn--bcher-kva.example`));
  });

  it('what is no address by now, but was stored once, still has a key of its own', () => {
    expect(['a@b@c', 'a', '@', '', 'ann@loc al', 'ann@example.com\u200b'].map(emailKeyOf))
      .toEqual(['a@b@c', '@a', '@', '@', 'ann@loc al', 'ann@example.com\u200b']);
  });
});
