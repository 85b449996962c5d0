import { exitCodes } from '../../../src/process/exit-codes.ts';
import { isFinal, restartDelay } from '../../../src/process/workers/restarts.ts';

describe('restarts', () => {
  it('after failures in a row, wait twice as long each time, at most 10 s', () => {
    expect([1, 2, 3, 7, 8, 1_000].map(restartDelay)).toEqual([100, 200, 400, 6_400, 10_000, 10_000]);
  });

  it('are not tried after a failure that a person must mend, and only then', () => {
    expect(Object.entries(exitCodes).filter(([, code]) => isFinal(code)).map(([name]) => name)).toEqual(
      ['usage', 'portTaken', 'portForbidden', 'configuration'],
    );
    expect([null, 0, 1].map(isFinal)).toEqual([false, false, false]);
  });
});
