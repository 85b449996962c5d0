import { inspect } from 'node:util';
import { addEventHandler, getState } from 'jest-circus';

/** A test or hook that a worker runs. It hangs if it has not ended after `limit` ms. */
export interface Step {
  readonly name: string;
  readonly limit: number;
}

/** The limit of a test or a hook that names none, in ms. */
const defaultLimit = 60_000;

type Work = (done?: (error?: unknown) => void) => unknown;

interface Block {
  readonly name: string;
  readonly parent?: Block;
}

/**
 * Gives a time limit to every test and hook of the files that are loaded from now on: jest-light-runner has no limits.
 *
 * A test over its limit fails with its name, and the next one starts. `onStep` is called with each test and hook that
 * starts, and with `undefined` once it has ended. So another process can end a worker whose event loop is blocked.
 */
export function limitTests(onStep: (step: Step | undefined) => void): void {
  addEventHandler((event) => {
    if (event.name === 'add_test') {
      const test = getState().currentDescribeBlock.children.at(-1);
      if (test?.type !== 'test' || typeof test.fn !== 'function') return;
      const name = [...pathOf(test.parent), test.name].join(' > ');
      test.fn = within({ name, limit: event.timeout ?? defaultLimit }, test.fn as Work, onStep);
    } else if (event.name === 'add_hook') {
      const block = getState().currentDescribeBlock;
      const hook = block.hooks.at(-1);
      if (!hook) return;
      const name = [...pathOf(block), `(${event.hookType})`].join(' > ');
      hook.fn = within({ name, limit: event.timeout ?? defaultLimit }, hook.fn as Work, onStep);
    }
  });
}

/** Limits the time of some work. Of the kinds of functions that circus knows, two are used: with a callback and without. */
function within(step: Step, work: Work, onStep: (step: Step | undefined) => void): () => Promise<void> {
  return async () => {
    onStep(step);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`"${step.name}" did not end within its limit of ${step.limit} ms.`)), step.limit);
    });
    try {
      await Promise.race([run(work), late]);
    } finally {
      clearTimeout(timer);
      onStep(undefined);
    }
  };
}

async function run(work: Work): Promise<void> {
  if (work.length === 0) {
    await work();
    return;
  }
  await new Promise<void>((resolve, reject) => {
    work((error) => {
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? error : new Error(inspect(error)));
    });
  });
}

function pathOf(block: Block): string[] {
  return block.parent ? [...pathOf(block.parent), block.name] : [];
}
