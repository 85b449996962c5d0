import { addEventHandler, getState } from 'jest-circus';

/** Ends something that a test or a hook has opened; it may have been called before. */
export type Close = () => unknown;

type Block = ReturnType<typeof getState>['currentDescribeBlock'];
type Hook = Block['hooks'][number];
type After = 'afterEach' | 'afterAll';

/** What the test or hook that runs now has open; undefined while a file is loaded. Tests of one process run one after the other. */
let running: Close[] | undefined;
const closersOf: Readonly<Record<After, WeakMap<Block, Close[]>>> = { afterEach: new WeakMap(), afterAll: new WeakMap() };
const closingHooks = new WeakSet<Hook>();

/**
 * Closes something when what runs now is over: a test, the tests of a describe, or those of a file. The last opened is closed first.
 *
 * What a beforeEach opens is closed after each test, what a beforeAll opens after the last test of its describe, and what
 * is opened while a file is loaded after its last test. Hooks that the file has itself come first.
 */
export function closeLater(close: Close): void {
  (running ?? closersAfter('afterAll', getState().currentDescribeBlock)).push(close);
}

/**
 * Closes what the tests and hooks of the files that are loaded from now on open. Their functions take no callback any more: see
 * `limitTests`.
 */
export function closeAfterTests(): void {
  addEventHandler((event) => {
    if (event.name === 'add_test') {
      const test = getState().currentDescribeBlock.children.at(-1);
      if (test?.type === 'test' && typeof test.fn === 'function') test.fn = closingItsOwn(test.fn as () => unknown);
    } else if (event.name === 'add_hook') {
      const block = getState().currentDescribeBlock;
      const hook = block.hooks.findLast((each) => !closingHooks.has(each));
      if (!hook) return;
      const after = hook.type.endsWith('Each') ? 'afterEach' : 'afterAll';
      hook.fn = opening(() => closersAfter(after, block), hook.fn as () => unknown);
      putLast(block);
    }
  });
}

function closingItsOwn(work: () => unknown): () => Promise<void> {
  return async () => {
    const own: Close[] = [];
    try {
      await opening(() => own, work)();
    } finally {
      await closeAll(own);
    }
  };
}

function opening(closers: () => Close[], work: () => unknown): () => Promise<void> {
  return async () => {
    running = closers();
    try {
      await work();
    } finally {
      running = undefined;
    }
  };
}

function closersAfter(type: After, block: Block): Close[] {
  const known = closersOf[type].get(block);
  if (known) return known;
  const closers: Close[] = [];
  closersOf[type].set(block, closers);
  const hook: Hook = { type, fn: () => closeAll(closers), parent: block, asyncError: new Error('closing'), seenDone: false, timeout: null };
  closingHooks.add(hook);
  block.hooks.push(hook);
  return closers;
}

/** The runner calls hooks in this order. */
function putLast(block: Block): void {
  const [own, closing] = [block.hooks.filter((hook) => !closingHooks.has(hook)), block.hooks.filter((hook) => closingHooks.has(hook))];
  block.hooks.splice(0, block.hooks.length, ...own, ...closing);
}

/** Closes all, even where one fails; throws the first fault. */
export async function closeAll(closers: Close[]): Promise<void> {
  const faults: unknown[] = [];
  for (let close = closers.pop(); close; close = closers.pop()) {
    try {
      await close();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
