import LightRunner from 'jest-light-runner/child-process';

/**
 * jest-light-runner with a channel for each task.
 *
 * Its own has one for all worker processes, and answers the first that asks for its set-up by telling all of them and
 * then forgetting them: a worker that has not loaded yet misses the answer, asks in vain and hangs the run.
 */
export default class Runner extends LightRunner {
  _testRunners = new TestRunners(this._globalConfig);
}

/** The pools by project, as the library keeps them; how each runs a test is replaced. */
class TestRunners extends Map {
  constructor(globalConfig) {
    super();
    this.globalConfig = globalConfig;
  }

  set(projectConfig, { pool, run }) {
    const workerData = { globalConfig: this.globalConfig, projectConfig, runtime: 'child_process' };
    return super.set(projectConfig, {
      pool,
      // With one worker the library runs tests in its own process and needs no channel.
      run: this.globalConfig.maxWorkers === 1 ? run : (test) => pool.run(test.path, { channel: createChannel(workerData) }),
    });
  }
}

function createChannel(workerData) {
  let tell = () => undefined;
  return {
    onMessage(listener) { tell = listener; },
    postMessage(message) {
      if (message === 'jest-light-runner-get-worker-data') tell({ type: 'jest-light-runner-worker-data', workerData });
    },
  };
}
