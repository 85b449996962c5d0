import { setTimeout as sleep } from 'node:timers/promises';
import { exit } from '../../process/exit-codes.ts';
import { addressOf } from './engines/engine.ts';
import { freePort } from './free-port.ts';
import { tail } from './engines/programs.ts';
import { waitForPrimary } from './replica-set.ts';
import { startServer } from './start-server.ts';
import type { ServerOrder } from './start-server.ts';

/** How long to wait for a former server that still closes the same data, in ms. */
const busyLimit = 15_000;
const mostPortsTaken = 5;
const portTaken = /address already in use/i;
const dataInUse = /device or resource busy|DBPathInUse|unable to lock the lock file/i;

/** A database server that answers as a primary. */
export interface RunningEngine {
  readonly uri: string;
  readonly pid: number;
  /** Resolves when it has ended, for any reason. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a database server on a free port of 127.0.0.1 and waits until it is a primary.
 *
 * Takes another port if another process took the first one meanwhile and none was ordered, and waits up to 15 s for a former
 * server that still closes the same data. Rejects with the end of the server's log if it does not start.
 */
export async function runEngine(order: ServerOrder): Promise<RunningEngine> {
  const { engine, storage } = order;
  const busyUntil = Date.now() + busyLimit;
  for (let portsTaken = 0; ;) {
    const port = order.port ?? await freePort();
    const { isReady, output, pid, ended, stop } = await startServer(order, port);
    if (isReady) {
      const replicaSet = await waitForPrimary(port).catch(async (error: unknown) => {
        await stop();
        throw error;
      });
      return { uri: addressOf(engine, port, replicaSet), pid, ended, stop };
    }
    await stop();
    if (portTaken.test(output) && order.port !== undefined) {
      throw exit('portTaken', `Port ${String(port)} of 127.0.0.1 is in use. Stop the other program, or take another port.`);
    } else if (portTaken.test(output) && portsTaken < mostPortsTaken) {
      portsTaken += 1;
    } else if (!dataInUse.test(output)) {
      throw new Error(`${engine.name} did not start. The end of its log:\n${tail(output)}`);
    } else if (Date.now() < busyUntil) {
      await sleep(500);
    } else {
      throw new Error(`${storage} is in use by another ${engine.name}. Cure: stop that one, or use another data folder.`);
    }
  }
}
