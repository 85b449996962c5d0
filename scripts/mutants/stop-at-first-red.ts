import { addEventHandler, getState } from 'jest-circus';

type Work = () => unknown;

/** What failed first in the file that runs. */
export interface Reds {
  first(): string | undefined;
  clear(): void;
}

/**
 * Lets every test and hook of the files that are loaded from now on do nothing once a test has failed.
 *
 * What cleans up afterwards still runs, so that the next file finds the process as it was.
 */
export function stopAtFirstRed(): Reds {
  let red: string | undefined;
  const watched = (name: string, work: Work) => async (): Promise<void> => {
    if (red !== undefined) return;
    try {
      await work();
    } catch (error) {
      red ??= name;
      throw error;
    }
  };
  addEventHandler((event) => {
    const { currentDescribeBlock: block } = getState();
    if (event.name === 'add_test') {
      const test = block.children.at(-1);
      if (test?.type === 'test' && typeof test.fn === 'function') test.fn = watched(
        test.name, test.fn as Work,
      ); // no test here takes a callback
    } else if (event.name === 'add_hook') {
      const hook = block.hooks.at(-1);
      if (hook && event.hookType.startsWith('before')) hook.fn = watched(`(${event.hookType})`, hook.fn as Work);
    }
  });
  return { first: () => red, clear: () => { red = undefined; } };
}
