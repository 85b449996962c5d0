import { setTimeout as sleep } from 'node:timers/promises';
import { createProcesses } from '../../support/processes.ts';

const processes = createProcesses();
describe('a file that hangs', () => {
  beforeAll(() => new Promise(() => undefined), 200);

  it('sleeps past its limit', () => sleep(20_000), 200);

  it('never ends', (done) => void setTimeout(done, 600_000).unref(), 200);

  it('waits for a process that never starts', async () => {
    await processes.start('test/scripts/hanging/silent.ts').until(/listens/, 1_000);
  }, 20_000);

  it('goes on after them', () => expect(1).toBe(1));
});
