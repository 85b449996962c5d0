import { createTurns } from '../../../../../src/features/sso/ldap/directory/turns.ts';

describe('createTurns', () => {
  it('a few run at a time, 100 wait in their order, and others are refused at once', async () => {
    const turns = createTurns({ size: 2, patience: 10_000 });
    const [order, ends]: [number[], (() => void)[]] = [[], []];
    const begin = (index: number) => turns.run(() => new Promise<void>((resolve) => {
      order.push(index);
      ends.push(resolve);
    }));
    const all = Array.from({ length: 102 }, (_, index) => begin(index));
    await expect(begin(102)).rejects.toMatchObject({ reason: 'busy' });
    expect(order).toEqual([0, 1]);
    for (let ended = 0; ended < all.length; ended += 1) {
      ends[ended]?.();
      await all[ended];
    }
    expect(order).toEqual(all.map((_, index) => index));
    expect(await turns.run(() => Promise.resolve('next'))).toBe('next');
  });

  it('a wait that is too long, is refused, and takes no turn', async () => {
    const turns = createTurns({ size: 1, patience: 20 });
    let end = () => {};
    const first = turns.run(() => new Promise<void>((resolve) => { end = resolve; }));
    await expect(turns.run(() => Promise.resolve())).rejects.toMatchObject({ reason: 'busy' });
    end();
    await first;
    expect(await turns.run(() => Promise.resolve('next'))).toBe('next');
  });
});
