import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOnChanges } from '../../scripts/test-run/run-on-changes.ts';
import { eventually } from '../support/eventually.ts';

describe('runOnChanges', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-watch-'));
  mkdirSync(join(folder, 'deep'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('runs once, and again after a change, however deep; once stopped, answers what the last run answered', async () => {
    const stop = new AbortController();
    let runs = 0;
    const end = runOnChanges([folder], () => Promise.resolve(runs += 1), stop.signal);
    await eventually(() => runs === 1);
    writeFileSync(join(folder, 'deep', 'file'), 'changed');
    await eventually(() => runs >= 2);
    stop.abort();
    expect(await end).toBe(runs);
  });

  it('a change while it runs, runs it again', async () => {
    const stop = new AbortController();
    let runs = 0;
    const end = runOnChanges([folder], async () => {
      runs += 1;
      if (runs === 1) writeFileSync(join(folder, 'other'), 'changed');
      if (runs === 1) await new Promise((resolve) => { setTimeout(resolve, 100); });
    }, stop.signal);
    await eventually(() => runs >= 2);
    stop.abort();
    await end;
  });
});
