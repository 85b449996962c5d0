#!/usr/bin/env node
import { version } from '../boot/version.ts';
import { exit, exitWith } from '../process/exit-codes.ts';
import { createServerLog, createTerminalLog } from '../process/server-log.ts';
import { describeCommand, describeProgram } from './command-line/help.ts';
import { commands } from './commands.ts';

/** The program of the package: `express-gatehouse COMMAND [options]`, also named `gatehouse`. The npm scripts of a clone run it too. */
async function runProgram([name, ...args]: readonly string[]): Promise<void> {
  if (name === '--help' || name === '-h') {
    print(describeProgram(commands));
  } else if (name === '--version') {
    print(version);
  } else {
    await runCommand(name, args);
  }
}

async function runCommand(name: string | undefined, args: readonly string[]): Promise<void> {
  const entry = commands.get(name ?? '');
  if (name === undefined || !entry) {
    const problem = name === undefined ? 'No command is given.' : `There is no command "${name}".`;
    throw exit('usage', `${problem}\n\n${describeProgram(commands)}`);
  }
  const command = await entry.load();
  if (args.includes('--help') || args.includes('-h')) print(describeCommand(name, entry.about, command));
  else await command.run(args);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

// The reader of a pipe, such as `head`, may end first.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
const [, , ...line] = process.argv;
// A server logs for programs, and every other command prints for a person. `start` may have read NODE_ENV from a .env file.
runProgram(line).catch((error: unknown) => {
  exitWith(line[0] === 'start' ? createServerLog(process.env) : createTerminalLog(process.env))(error);
});
