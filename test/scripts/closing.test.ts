import { closeAll, closeLater } from '../../scripts/test-run/closing.ts';

// Each group opens things, and the next one sees what was closed.

const closed: string[] = [];
const open = (name: string): void => closeLater(() => void closed.push(name));
const closedSince = (): string[] => closed.splice(0);

describe('what a test opens', () => {
  it('is open while the test runs', async () => {
    open('first');
    await Promise.resolve();
    open('second');
    expect(closedSince()).toEqual([]);
  });

  it('is closed when the test is over, the last opened first', () => {
    expect(closedSince()).toEqual(['second', 'first']);
  });
});

describe('what a beforeEach opens', () => {
  let count = 0;
  beforeEach(() => open(`each ${(count += 1)}`));
  afterEach(() => void closed.push('afterEach'));

  it('is open while the test runs, whatever the test opens itself', () => {
    open('own');
    expect(closedSince()).toEqual([]);
  });

  it('is closed after each test, behind the hooks of the file', () => {
    expect(closedSince()).toEqual(['own', 'afterEach', 'each 1']);
  });
});

describe('what a beforeAll opens', () => {
  beforeAll(() => open('all'));

  describe('and one further in', () => {
    beforeAll(() => {
      closedSince();
      open('inner');
    });
    afterAll(() => void closed.push('afterAll'));

    it.each([1, 2])('is open for all tests, for test %s', () => {
      expect(closedSince()).toEqual([]);
    });
  });

  it('is closed after the last test of its own describe', () => {
    expect(closedSince()).toEqual(['afterAll', 'inner']);
  });
});

describe('after that', () => {
  it('the outer one is closed as well', () => {
    expect(closedSince()).toEqual(['all']);
  });
});

describe('closing', () => {
  it('of something that fails, closes the rest all the same, and throws the first fault', async () => {
    const closers = ['first', 'second', 'third'].map((name) => () => {
      closed.push(name);
      if (name !== 'first') throw new Error(`${name} is stuck`);
    });
    await expect(closeAll(closers)).rejects.toThrow('third is stuck');
    expect(closedSince()).toEqual(['third', 'second', 'first']);
  });
});
