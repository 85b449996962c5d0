import { startInProcess } from './in-process.ts';
import type { InProcessOptions, TestGatehouse } from './in-process.ts';
import { startProcesses } from './node-processes.ts';
import type { GatehouseProcesses, ProcessOptions } from './node-processes.ts';

export type { TestGatehouse } from './in-process.ts';
export type { TestUser } from './world.ts';

/**
 * Starts a Gatehouse for tests, and closes it when the test, the describe or the file that starts it is over.
 *
 * By default it runs in this process, on a new database of the test run's server, with a superadmin logged in. With
 * `processes` it runs as that many processes of src/main.ts on one database.
 *
 * @example
 * const gatehouse = await startGatehouse();
 * const second = await startGatehouse({ database: gatehouse.database });
 */
export function startGatehouse(options?: InProcessOptions): Promise<TestGatehouse>;
export function startGatehouse(options: ProcessOptions): Promise<GatehouseProcesses>;
export function startGatehouse(options: InProcessOptions | ProcessOptions = {}): Promise<TestGatehouse> | Promise<GatehouseProcesses> {
  return 'processes' in options ? startProcesses(options) : startInProcess(options);
}
