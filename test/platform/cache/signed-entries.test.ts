import { createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedDigest } from '../../../src/platform/keyed-digest.ts';
import { createSignedEntries } from '../../../src/platform/cache/signed-entries.ts';
import type { EntryPart } from '../../../src/platform/cache/signed-entries.ts';

const secret = createSecretKey(randomBytes(32));

/** Entries in a store whose every text can be seen and changed. */
function keepInMap(key = secret, purpose = 'test') {
  const kept = new Map<string, string>();
  const times: number[] = [];
  const entries = createSignedEntries({
    digest: createKeyedDigest(key, purpose),
    store: {
      get: (name) => Promise.resolve(kept.get(name)),
      set(name, text, milliseconds) {
        kept.set(name, text);
        times.push(milliseconds);
        return Promise.resolve();
      },
    },
  });
  return { kept, times, entries };
}

describe('signed entries', () => {
  const name = ['tenant', 'user', 7];
  const content = { rights: ['/a', '/ü'], isSuperadmin: false };

  it('are read as they were written, under their own name alone', async () => {
    const { entries, times } = keepInMap();
    await entries.write(name, content, 1_234);
    expect(await entries.read(name)).toEqual(content);
    expect(times).toEqual([1_234]);
    expect(await entries.read(['tenant', 'user', 8])).toBeUndefined();
  });

  it('with a changed or missing character, are refused', async () => {
    const { entries, kept } = keepInMap();
    await entries.write(name, content, 1_000);
    const [[key = '', text = ''] = []] = kept;
    for (let at = 0; at < text.length; at += 1) {
      kept.set(key, `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`);
      expect(await entries.read(name)).toBeUndefined();
      kept.set(key, text.slice(0, at));
      expect(await entries.read(name)).toBeUndefined();
    }
    for (const made of [
      '', '{}', 'null', `${text} `, ` ${text}`, text + text, text.slice(43), `${'ü'.repeat(43)}${text.slice(43)}`, 'x'.repeat(2_000_000),
    ]) {
      kept.set(key, made);
      expect(await entries.read(name)).toBeUndefined();
    }
    kept.set(key, text);
    expect(await entries.read(name)).toEqual(content);
  });

  it('copied to another name, are refused', async () => {
    const { entries, kept } = keepInMap();
    await entries.write(name, content, 1_000);
    await entries.write(['tenant', 'superadmin', 7], { isSuperadmin: true }, 1_000);
    const [[key = ''] = [], [, ofSuperadmin = ''] = []] = kept;
    kept.set(key, ofSuperadmin);
    expect(await entries.read(name)).toBeUndefined();
  });

  it('written under another key, or for another purpose, are refused', async () => {
    const own = keepInMap();
    await own.entries.write(name, content, 1_000);
    const [[key = ''] = []] = own.kept;
    for (const other of [keepInMap(createSecretKey(randomBytes(32))), keepInMap(secret, 'another purpose')]) {
      await other.entries.write(name, content, 1_000);
      const [[otherKey = '', text = ''] = []] = other.kept;
      expect(otherKey).not.toBe(key);
      own.kept.set(key, text);
      expect(await own.entries.read(name)).toBeUndefined();
    }
  });

  it('are kept apart however their names are put together, and the store learns nothing of these', async () => {
    const { entries, kept } = keepInMap();
    const names: EntryPart[][] = [
      ['a', 'b'], ['ab', ''], ['', 'ab'], ['a', 'b', ''], ['a,b'], ['a","b'], ['["a","b"]'], ['a', '1'], ['a', 1], ['a', 11], ['a1', 1],
      ['a', 'b '], ['A', 'b'], [],
    ];
    for (const [index, each] of names.entries()) await entries.write(each, index, 1_000);
    expect(kept.size).toBe(names.length);
    for (const [index, each] of names.entries()) expect(await entries.read(each)).toBe(index);
    for (const key of kept.keys()) expect(key).toMatch(/^gatehouse:[\w-]{43}$/);
  });

  it('of over a million characters, are not written', async () => {
    const { entries, kept } = keepInMap();
    await entries.write(name, 'x'.repeat(1_000_000), 1_000);
    expect(kept.size).toBe(0);
    await entries.write(name, 'x'.repeat(999_000), 1_000);
    expect(await entries.read(name)).toHaveLength(999_000);
  });
});
