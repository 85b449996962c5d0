import { createSecretKey, randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import type { PasswordPool } from '../../../src/platform/passwords/password.pool.ts';
import { createPasswordService, type PasswordService, type StoredPassword } from '../../../src/platform/passwords/password.service.ts';
import type { Asker } from '../../../src/platform/passwords/password.queue.ts';
import { isStill } from '../../../src/platform/passwords/stored-password.ts';
import type { BcryptTask } from '../../../src/platform/passwords/password.worker.ts';
import { sharedPool } from '../../support/shared-pool.ts';

const pepper = { id: '1', key: createSecretKey(randomBytes(32)) };
const right = 'correct horse battery';

const compare = (passwords: PasswordService, password: string, kept: StoredPassword | null, source?: string) =>
  passwords.comparing(source, (comparePassword) => comparePassword(password, kept));

describe('password service', () => {
  const tasks: BcryptTask[] = [];
  const rated: { readonly password: string; readonly about: readonly string[]; readonly asker: Asker }[] = [];
  let passwords: PasswordService;
  let stored: StoredPassword;

  /** The same threads under another setting, every computation noted. */
  function make(options: { cost?: number; pepper?: typeof pepper; hostName?: string } = {}): PasswordService {
    const pool: PasswordPool = {
      run: (task, source) => {
        tasks.push(task);
        return sharedPool.run(task, source);
      },
      rate: (task, asker) => {
        rated.push({ ...task, asker });
        return sharedPool.rate(task, asker);
      },
      hold: (source, work) => sharedPool.hold(source, (run) => work((task) => {
        tasks.push(task);
        return run(task);
      })),
      load: sharedPool.load,
      close: () => Promise.resolve(),
    };
    return createPasswordService({ cost: 4, pepper, ...options, pool });
  }

  beforeAll(async () => {
    passwords = make();
    stored = await passwords.hash(right);
  }, 20_000);

  beforeEach(() => {
    tasks.length = 0;
    rated.length = 0;
  });

  it('right and wrong password, compared, match and do not', async () => {
    expect(await compare(passwords, right, stored)).toEqual({ matches: true, rehash: false });
    expect(await compare(passwords, `${right} `, stored)).toEqual({ matches: false, rehash: false });
  });

  it('one password hashed twice, gives two hashes with the pepper id', async () => {
    const again = await passwords.hash(right);
    expect(again).toEqual({ hash: expect.stringMatching(/^\$2b\$04\$.{53}$/) as string, pepperId: '1' });
    expect(again.hash).not.toBe(stored.hash);
  });

  it.each([
    ['equal in their first 72 bytes', 'x'.repeat(72) + 'a', 'x'.repeat(72) + 'b'],
    ['of 64 emoji, the last one different', '\u{1f600}'.repeat(64), '\u{1f600}'.repeat(63) + '\u{1f601}'],
    ['equal up to a NUL', 'twelve chars\0a', 'twelve chars\0b'],
    ['one a NUL longer', 'twelve chars', 'twelve chars\0'],
    ['different in case', 'twelve chars', 'Twelve chars'],
  ])('passwords %s, are different', async (_, one, other) => {
    const hashed = await passwords.hash(one);
    expect((await compare(passwords, one, hashed)).matches).toBe(true);
    expect((await compare(passwords, other, hashed)).matches).toBe(false);
  });

  it('accented letters composed or decomposed, are the same password', async () => {
    const hashed = await passwords.hash('caf\u00e9 cr\u00e8me br\u00fbl\u00e9e');
    expect((await compare(passwords, 'cafe\u0301 cre\u0300me bru\u0302le\u0301e', hashed)).matches).toBe(true);
  });

  it('password that is too short, too long or ill-formed, is refused before any computation', async () => {
    for (const password of ['x7#kP2q!vvL', 'tr4verse-lemon-quilt '.repeat(13).slice(0, 257), `${right}\ud83d`]) {
      await expect(passwords.hash(password)).rejects.toMatchObject({ code: 'weak-password' });
      await expect(passwords.hashNew(password, { about: [] })).rejects.toMatchObject({ code: 'weak-password' });
    }
    expect(tasks).toEqual([]);
    expect(rated).toEqual([]);
  });

  it('new password, strong, is judged and then hashed, both for the source that asks', async () => {
    const service = make({ hostName: 'login.school.example' });
    const hashed = await service.hashNew(right, { about: ['ann@example.com', 'Ann'], asker: '192.0.2.1' });
    expect(rated)
      .toEqual([{ password: right, about: ['ann@example.com', 'Ann', 'gatehouse', 'login.school.example'], asker: '192.0.2.1' }]);
    expect(tasks).toHaveLength(1);
    expect(await compare(service, right, hashed)).toEqual({ matches: true, rehash: false });
  });

  it.each([
    ['common', 'password1234'],
    ['of the user\'s names', 'Ann Lee 1990-1990'],
    ['of the product', 'Gatehouse-2026!'],
    ['of the host', 'login.school.example'],
  ])('new password, %s, is refused with what would be better, and never hashed', async (_, password) => {
    const service = make({ hostName: 'login.school.example' });
    const failure = await service.hashNew(password, { about: ['ann@example.com', 'Ann', 'Lee'] }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'weak-password', extras: {
      errors: expect.arrayContaining([{ field: 'password', message: expect.any(String) as string }]) as unknown,
    } });
    expect(JSON.stringify(failure)).not.toContain(password);
    expect(tasks).toEqual([]);
  });

  it('new password, with a source that holds both its places, waits until one is free', async () => {
    const ended: string[] = [];
    const compared = () => compare(passwords, right, stored, '192.0.2.2').then(() => ended.push('compared'));
    await Promise.all(
      [compared(), compared(), passwords.hashNew(right, { about: [], asker: '192.0.2.2' }).then(() => ended.push('hashed'))],
    );
    expect(ended).toEqual(['compared', 'compared', 'hashed']);
  });

  it('lone surrogate, compared with the replacement character it would become, does not match', async () => {
    const hashed = await passwords.hash('a'.repeat(12) + '\ufffd');
    expect((await compare(passwords, 'a'.repeat(12) + '\ud83d', hashed)).matches).toBe(false);
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
      expect(await compare(service, password, kept)).toEqual({ matches: false, rehash: false });
      expect(tasks.map((task) => task.salt.slice(0, 7))).toEqual(['$2b$05$']);
    }
  });

  it('known user, compared, takes one computation under the stored salt', async () => {
    await compare(passwords, 'wrong', stored);
    expect(tasks.map((task) => task.salt)).toEqual([stored.hash.slice(0, 29)]);
  });

  it('password itself, compared, never reaches a thread', async () => {
    await compare(passwords, right, stored);
    expect(tasks[0]?.digest).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(await bcrypt.compare(right, stored.hash)).toBe(false);
    expect(await bcrypt.compare(tasks[0]?.digest ?? '', stored.hash)).toBe(true);
  });

  it('other pepper under the same id, does not match', async () => {
    const other = make({ pepper: { id: '1', key: createSecretKey(randomBytes(32)) } });
    expect((await compare(other, right, stored)).matches).toBe(false);
  });

  it('cost raised, lowered or the wrong password, asks for a new hash only when raised and right', async () => {
    const raised = make({ cost: 5 });
    expect(await compare(raised, right, stored)).toEqual({ matches: true, rehash: true });
    expect(await compare(raised, 'wrong', stored)).toEqual({ matches: false, rehash: false });
    const costly = await raised.hash(right);
    expect(await compare(raised, right, costly)).toEqual({ matches: true, rehash: false });
    expect(await compare(passwords, right, costly)).toEqual({ matches: true, rehash: false });
  });

  it('renewed, is what was compared all the same; while others wait, it is not renewed', async () => {
    const raised = make({ cost: 5 });
    const renewed = await raised.renew(right, stored);
    expect(renewed?.hash.slice(0, 7)).toBe('$2b$05$');
    expect([
      isStill(renewed ?? undefined, stored), isStill(stored, stored), isStill(await raised.hash(right), stored), isStill(undefined, stored),
    ]).toEqual([true, true, false, false]);
    const busy = [1, 2, 3].map(() => compare(passwords, right, stored));
    expect(await raised.renew(right, stored)).toBeNull();
    await Promise.all(busy);
  });
});
