import { createHmac } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { createPasswordPool } from '../../../src/platform/passwords/password.pool.ts';
import { createTestPool, standardPassword } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

const { pepper } = testSettings();
const real = createPasswordPool({ maxQueue: 64, workers: 1, rateLimit: 15_000 });
const pool = createTestPool(pepper);
afterAll(() => real.close());

const digestOf = (password: string) => createHmac('sha256', pepper.key).update(password).digest('base64');

describe('the password pool of tests', () => {
  it.each([
    ['the standard password', standardPassword, ['user1@example.com', 'gatehouse', '127.0.0.1']],
    ['the standard password of nobody', standardPassword, []],
    ['the standard password of somebody named like it', standardPassword, ['Long Enough Password']],
    ['the standard password of somebody with one of its words', standardPassword, ['Enough']],
    ['a weak password', 'Password1234', ['user1@example.com']],
    ['another strong password', 'tr4verse-lemon-quilt', ['user1@example.com']],
  ])('%s, is judged as the pool of the product judges it', async (_, password, about) => {
    expect(await pool.rate({ password, about })).toEqual(await real.rate({ password, about }));
  });

  it('the standard password, strong for others, weak for somebody named like it', async () => {
    const isStrong = async (name: string) => (await pool.rate({ password: standardPassword, about: [name] })).isStrong;
    expect([await isStrong('user1@example.com'), await isStrong('Long Enough Password')]).toEqual([true, false]);
  });

  it.each([
    ['the standard password', standardPassword, 4],
    ['the standard password at a higher cost', standardPassword, 5],
    ['another password', 'tr4verse-lemon-quilt', 4],
  ])('%s, is hashed as the pool of the product hashes it', async (_, password, cost) => {
    const task = { digest: digestOf(password), salt: bcrypt.genSaltSync(cost) };
    expect(await pool.run(task)).toBe(await real.run(task));
  });

  it('a source that holds two places, waits for a third, whatever password it is', async () => {
    const task = { digest: digestOf(standardPassword), salt: bcrypt.genSaltSync(4) };
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (leave = resolve));
    const held = [1, 2].map(() => pool.hold('192.0.2.1', () => left));
    const thirds = [pool.run(task, '192.0.2.1'), pool.rate({ password: standardPassword, about: [] }, '192.0.2.1')];
    expect(pool.load()).toEqual({ running: 0, queued: 4, refused: 0 });
    leave();
    await Promise.all([...held, ...thirds]);
    expect(pool.load()).toEqual({ running: 0, queued: 0, refused: 0 });
  });
});
