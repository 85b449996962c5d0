import { exitCodes } from '../../src/process/exit-codes.ts';
import { logAsJson } from '../../src/process/server-log.ts';

// A process that warns, and then fails where nothing catches it.
logAsJson(process.env, exitCodes.software);
process.emitWarning('take care');
setTimeout(() => { throw new Error('nobody catches this'); }, 50);
