import { createSecretKey, randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import type { PasswordPool } from '../../src/passwords/password.pool.ts';
import { createPasswordPool } from '../../src/passwords/password.pool.ts';
import { createPasswordService, type PasswordService, type StoredPassword } from '../../src/passwords/password.service.ts';
import type { BcryptTask } from '../../src/passwords/password.worker.ts';

const pepper = { id: '1', key: createSecretKey(randomBytes(32)) };
const right = 'correct horse battery';

describe('password service', () => {
  const tasks: BcryptTask[] = [];
  let threads: PasswordPool;
  let passwords: PasswordService;
  let stored: StoredPassword;

  /** The same threads under another setting, every computation noted. */
  function make(options: { cost?: number; pepper?: typeof pepper } = {}): PasswordService {
    const pool: PasswordPool = {
      run: (task, source) => {
        tasks.push(task);
        return threads.run(task, source);
      },
      close: () => threads.close(),
    };
    return createPasswordService({ cost: 4, pepper, ...options, pool });
  }

  beforeAll(async () => {
    threads = createPasswordPool({ maxQueue: 64 });
    passwords = make();
    stored = await passwords.hash(right);
  }, 20_000);

  beforeEach(() => {
    tasks.length = 0;
  });

  afterAll(() => passwords.close());

  it('right and wrong password, compared, match and do not', async () => {
    expect(await passwords.verify(right, stored)).toEqual({ matches: true, rehash: false });
    expect(await passwords.verify(`${right} `, stored)).toEqual({ matches: false, rehash: false });
  });

  it('one password hashed twice, gives two hashes with the pepper id', async () => {
    const again = await passwords.hash(right);
    expect(again).toEqual({ hash: expect.stringMatching(/^\$2b\$04\$.{53}$/) as string, pepperId: '1' });
    expect(again.hash).not.toBe(stored.hash);
  });

  it.each([
    ['equal in their first 72 bytes', 'x'.repeat(72) + 'a', 'x'.repeat(72) + 'b'],
    ['64 emoji, the last one different', '\u{1f600}'.repeat(64), '\u{1f600}'.repeat(63) + '\u{1f601}'],
    ['equal up to a NUL', 'twelve chars\0a', 'twelve chars\0b'],
    ['one a NUL longer', 'twelve chars', 'twelve chars\0'],
    ['different in case', 'twelve chars', 'Twelve chars'],
  ])('passwords %s, are different', async (_, one, other) => {
    const hashed = await passwords.hash(one);
    expect((await passwords.verify(one, hashed)).matches).toBe(true);
    expect((await passwords.verify(other, hashed)).matches).toBe(false);
  });

  it('accented letters composed or decomposed, are the same password', async () => {
    const hashed = await passwords.hash('caf\u00e9 cr\u00e8me br\u00fbl\u00e9e');
    expect((await passwords.verify('cafe\u0301 cre\u0300me bru\u0302le\u0301e', hashed)).matches).toBe(true);
  });

  it('password that is too short, too long or ill-formed, is refused before any computation', async () => {
    for (const password of ['a'.repeat(11), 'a'.repeat(257), 'a'.repeat(12) + '\ud83d']) {
      expect(() => passwords.check(password)).toThrow(expect.objectContaining({ code: 'weak-password' }) as Error);
      await expect(passwords.hash(password)).rejects.toMatchObject({ code: 'weak-password' });
    }
    expect(() => passwords.check(right)).not.toThrow();
    expect(tasks).toEqual([]);
  });

  it('lone surrogate, compared with the replacement character it would become, does not match', async () => {
    const hashed = await passwords.hash('a'.repeat(12) + '\ufffd');
    expect((await passwords.verify('a'.repeat(12) + '\ud83d', hashed)).matches).toBe(false);
  });

  it('unknown user, unknown pepper, damaged hash, overlong password: one computation of the set cost, no match', async () => {
    const service = make({ cost: 5 });
    const cases: [string, StoredPassword | null][] = [
      [right, null],
      ['', null],
      [right, { ...stored, pepperId: '2' }],
      [right, { ...stored, hash: 'damaged' }],
      [right, { ...stored, hash: stored.hash.replace('$04$', '$03$') }],
      [right, { ...stored, hash: `${stored.hash}\n` }],
      ['a'.repeat(100_000), stored],
    ];
    for (const [password, kept] of cases) {
      tasks.length = 0;
      expect(await service.verify(password, kept)).toEqual({ matches: false, rehash: false });
      expect(tasks.map((task) => task.salt.slice(0, 7))).toEqual(['$2b$05$']);
    }
  });

  it('known user, compared, takes one computation under the stored salt', async () => {
    await passwords.verify('wrong', stored);
    expect(tasks.map((task) => task.salt)).toEqual([stored.hash.slice(0, 29)]);
  });

  it('password itself, never reaches a thread', async () => {
    await passwords.verify(right, stored);
    expect(tasks[0]?.digest).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(await bcrypt.compare(right, stored.hash)).toBe(false);
    expect(await bcrypt.compare(tasks[0]?.digest ?? '', stored.hash)).toBe(true);
  });

  it('other pepper under the same id, does not match', async () => {
    const other = make({ pepper: { id: '1', key: createSecretKey(randomBytes(32)) } });
    expect((await other.verify(right, stored)).matches).toBe(false);
  });

  it('cost raised, lowered or the wrong password, asks for a new hash only when raised and right', async () => {
    const raised = make({ cost: 5 });
    expect(await raised.verify(right, stored)).toEqual({ matches: true, rehash: true });
    expect(await raised.verify('wrong', stored)).toEqual({ matches: false, rehash: false });
    const costly = await raised.hash(right);
    expect(await raised.verify(right, costly)).toEqual({ matches: true, rehash: false });
    expect(await passwords.verify(right, costly)).toEqual({ matches: true, rehash: false });
  });
});
