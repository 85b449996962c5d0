import { AppError } from '../../../src/errors/errors.ts';
import { addUp } from '../../../src/platform/metrics/aggregate.ts';
import { createMetrics } from '../../../src/platform/metrics/metrics.ts';
import type { FeedState } from '../../../src/platform/cache/change-feed.ts';
import { readMetrics } from './read-metrics.ts';

/** What one process tells that was asked so often, and whose feed is in this state. */
async function tell(asked: number, feed?: FeedState): Promise<string> {
  const metrics = createMetrics();
  for (let times = 0; times < asked; times += 1) metrics.countAllowed('auth');
  if (asked > 1) metrics.countRefused(new AppError('right-missing'));
  metrics.watchPasswords(() => ({ running: 1, queued: asked, refused: asked }));
  if (feed) metrics.watchFeed(() => feed);
  try {
    return await metrics.read();
  } finally {
    metrics.close();
  }
}

describe('addUp', () => {
  it('one process, changes nothing', async () => {
    const text = await tell(3, { mode: 'reading', lagSeconds: Infinity });
    expect(addUp([text])).toBe(text);
  });

  it('counts and jobs, are added, also of lines that one process alone has', async () => {
    const { types, value, by } = readMetrics(addUp([await tell(1), await tell(4), await tell(1)]));
    expect(types.size).toBe(11);
    expect([value('gatehouse_decisions_total', { reason: 'auth' }), value('gatehouse_decisions_total', { reason: 'right-missing' })])
      .toEqual([6, 1]);
    expect([by('gatehouse_password_jobs', 'state'), value('gatehouse_password_refusals_total')]).toEqual([{ running: 3, queued: 6 }, 6]);
    expect(value('gatehouse_feed_lag_seconds')).toBeUndefined();
  });

  it('what is late, is as late as the latest', async () => {
    const { value, by } = readMetrics(addUp([await tell(
      1, { mode: 'fresh', lagSeconds: 0.1 },
    ), await tell(1, { mode: 'reading', lagSeconds: 3 }), await tell(1, { mode: 'fresh', lagSeconds: 0.2 })]));
    expect(value('gatehouse_feed_lag_seconds')).toBe(3);
    // Nobody is fresh and behind at the same time, but a machine of several may be both.
    expect(by('gatehouse_feed_mode', 'mode')).toEqual({ fresh: 1, reading: 1 });
  });
});
