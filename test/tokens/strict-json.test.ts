import fc from 'fast-check';
import { parseStrictObject } from '../../src/tokens/strict-json.ts';

const parse = (text: string): unknown => parseStrictObject(Buffer.from(text));

describe('parseStrictObject', () => {
  it('any object, as JSON.stringify writes it, is read as JSON.parse reads it', () => {
    fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      expect(parse(text)).toEqual(JSON.parse(Buffer.from(text).toString()));
    }));
  });

  it('any object, with one member written twice, is refused', () => {
    fc.assert(fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (name, first, second) => {
      const key = JSON.stringify(name);
      expect(parse(`{"a b":[{${key}:${JSON.stringify(first)} , ${key} :${JSON.stringify(second)}}]}`)).toBeUndefined();
    }));
  });

  it.each([
    ['a member twice', '{"a":1,"a":1}'],
    ['a member twice, once escaped', '{"alg":"none","\\u0061lg":"ES256"}'],
    ['a member twice, in a nested object', '{"a":{"b":1,"c":[],"b":2}}'],
    ['a member twice, with space before the colon', '{"a" : 1, "a"\n: 2}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['an array', '[]'],
    ['a string', '"a"'],
    ['a number', '1'],
    ['null', 'null'],
    ['nothing', ''],
    ['text after the object', '{} {}'],
    ['a byte order mark', '\ufeff{}'],
    ['a comment', '{/**/}'],
  ])('%s, is refused', (_case, text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('bytes that are not UTF-8, are refused', () => {
    expect(parseStrictObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
  });

  it.each([
    ['the same name in two objects', '{"a":{"b":1},"c":{"b":1},"b":[{"b":1},{"b":2}]}'],
    ['brackets and colons inside strings', '{"a":"\\"b\\":{[","c":"}]:","b":"\\\\"}'],
    ['a name that differs in case', '{"alg":1,"Alg":2}'],
  ])('%s, is read', (_case, text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });
});
