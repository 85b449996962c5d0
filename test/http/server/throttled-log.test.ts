import { setTimeout as sleep } from 'node:timers/promises';
import { createThrottledLog } from '../../../src/http/server/throttled-log.ts';

describe('createThrottledLog', () => {
  it('many alike, notes the first at once, then how many came in each pause, and nothing where none came', async () => {
    const noted: number[] = [];
    const note = createThrottledLog((count) => void noted.push(count), 50);
    for (let time = 0; time < 5; time += 1) note();
    expect(noted).toEqual([1]);
    await sleep(80);
    expect(noted).toEqual([1, 4]);
    await sleep(120);
    note();
    expect(noted).toEqual([1, 4, 1]);
  });
});
