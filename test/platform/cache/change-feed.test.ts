import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { createOutboxModel } from '../../../src/platform/changes/outbox.model.ts';
import { createOutboxStore } from '../../../src/platform/changes/outbox.store.ts';
import type { ChangeNotice } from '../../../src/platform/changes/peers.ts';
import { createChangeFeed } from '../../../src/platform/cache/change-feed.ts';
import type { ChangeFeed } from '../../../src/platform/cache/change-feed.ts';
import { newId } from '../../../src/platform/database/queries/new-id.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';
import { eventually } from '../../support/eventually.ts';

interface Watched {
  readonly feed: ChangeFeed;
  readonly notices: ChangeNotice[];
  readonly seen: { gaps: number; errors: unknown[] };
  /** How far each clock is ahead of the real one, in ms. */
  readonly ahead: { monotonic: number; wall: number };
}

describe('the feed of changes', () => {
  let database: TestDatabase;
  let connection: Connection;
  let outbox: ReturnType<typeof createOutboxModel>;
  const feeds: ChangeFeed[] = [];
  beforeEach(async () => {
    database = await createDatabase('shared', { name: 'feed' });
    connection = database.connection;
    outbox = createOutboxModel(connection);
  });
  afterEach(async () => {
    for (const feed of feeds.splice(0)) await feed.close();
  });

  function follow(maxStaleness = 2_000): Watched {
    const notices: ChangeNotice[] = [];
    const seen = { gaps: 0, errors: [] as unknown[] };
    const ahead = { monotonic: 0, wall: 0 };
    const feed = createChangeFeed({
      outbox: createOutboxStore(outbox), maxStaleness, clock: Date.now,
      momentNow: () => ({ monotonic: performance.now() + ahead.monotonic, wall: Date.now() + ahead.wall }),
      onNotice: (notice) => void notices.push(notice), onGap: () => { seen.gaps += 1; }, onError: (error) => void seen.errors.push(error),
    });
    feeds.push(feed);
    feed.start();
    return { feed, notices, seen, ahead };
  }

  const change = (users: readonly string[]) => outbox.create({
    _id: newId(), tenantId: 'default', action: 'user.update', target: { kind: 'user', id: users[0] ?? '' }, policy: false,
    users: [...users], at: new Date(), expiresAt: new Date(Date.now() + 60_000),
  });

  it('started, is fresh as soon as its own heartbeat came back, and tells what others write in order', async () => {
    const { feed, notices, seen } = follow();
    expect(feed.isFresh()).toBe(false);
    await eventually(feed.isFresh);
    expect(seen.gaps).toBe(1);
    for (let index = 0; index < 20; index += 1) await change([`user-${index}`]);
    await eventually(() => notices.length === 20);
    expect(notices.flatMap(({ users }) => users)).toEqual(Array.from({ length: 20 }, (_, index) => `user-${index}`));
    expect(feed.state().mode).toBe('fresh');
    expect(feed.state().lagSeconds).toBeLessThan(2);
  });

  it('of two nodes, does not count the heartbeats of the other', async () => {
    const [one, other] = [follow(), follow()];
    await eventually(() => one.feed.isFresh() && other.feed.isFresh());
    await one.feed.close();
    await eventually(() => !one.feed.isFresh());
    expect(other.feed.isFresh()).toBe(true);
  });

  it.each([
    'monotonic', 'wall',
  ] as const)('whose newest heartbeat is too old by the %s clock, is not fresh until the next one returns', async (clock) => {
    const { feed, ahead } = follow();
    await eventually(feed.isFresh);
    ahead[clock] = 2_001;
    expect(feed.isFresh()).toBe(false);
    expect(feed.state().mode).toBe('reading');
    await eventually(feed.isFresh);
  });

  it('whose wall clock is set back, is as old as the other says', async () => {
    const { feed, ahead } = follow();
    await eventually(feed.isFresh);
    ahead.wall = -3_600_000;
    expect(feed.isFresh()).toBe(true);
    ahead.monotonic = 2_001;
    expect(feed.isFresh()).toBe(false);
  });

  it('whose stream ends, is not fresh, follows anew, and says that changes may have been missed before it is fresh again', async () => {
    const { feed, seen, notices } = follow();
    await eventually(feed.isFresh);
    await outbox.collection.drop();
    await eventually(() => seen.errors.length > 0);
    const { gaps } = seen;
    await eventually(feed.isFresh);
    expect(seen.gaps).toBe(gaps + 1);
    await change(['after']);
    await eventually(() => notices.some(({ users }) => users.includes('after')));
  });

  it('told to keep nothing, is never fresh and writes nothing', async () => {
    const { feed } = follow(0);
    await sleep(300);
    expect(feed.isFresh()).toBe(false);
    expect(await outbox.countDocuments({})).toBe(0);
  });

  it('closed, leaves no heartbeat behind', async () => {
    const { feed } = follow();
    await eventually(feed.isFresh);
    await feed.close();
    expect(await outbox.countDocuments({ action: 'heartbeat' })).toBe(0);
  });
});
