import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a shell script into `bin` of a folder, where a PATH of the test finds it. */
export function writeProgram(folder: string, name: string, body: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}
