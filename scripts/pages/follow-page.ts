import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stepsOf } from './read-steps.ts';
import type { Step } from './read-steps.ts';

export interface FollowOptions {
  /** The folder in which the reader begins. */
  readonly cwd: string;
  /** Settings in addition to PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** Texts of the page that are other ones here, such as the port: each must occur. */
  readonly replace: Readonly<Record<string, string>>;
}

export interface Followed {
  readonly commands: number;
  readonly files: number;
  /** The number of outputs that the page shows. All of them were printed. */
  readonly outputs: number;
}

/** How long a page may take, in ms. A page that waits for a server which has not started would wait for ever. */
const longest = 300_000;

/** Separates the outputs of the steps. */
const mark = '=== step of the page done ===';

/**
 * Does what a page says, in one bash: it writes the files and runs the commands in their order, and compares what they print.
 *
 * The script ends at the first command that fails. Rejects then, with all that was printed, and if an output is another one than shown.
 */
export async function followPage(markdown: string, { cwd, env = {}, replace }: FollowOptions): Promise<Followed> {
  for (const text of Object.keys(replace)) if (!markdown.includes(text)) throw new Error(`The page does not have the text "${text}".`);
  // At once: one replacement may contain the text of another, such as a port that begins like the next one.
  const any = new RegExp(Object.keys(replace).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  const text = markdown.replace(any, (found) => replace[found] ?? found);
  const steps = stepsOf(text);
  const { PATH, HOME } = process.env;
  const bash = spawn('bash', ['--norc', '-c', ['set -e', ...steps.map(commandOf)].join('\n')], {
    cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    bash[name].setEncoding('utf8').on('data', (part: string) => { printed[name] += part; });
  }
  const closed = once(bash, 'close');
  const timer = setTimeout(() => { endGroup(bash.pid); }, longest);
  const [code] = await once(bash, 'exit') as [number | null]; // as Node documents it
  clearTimeout(timer);
  endGroup(bash.pid); // a server that the page has started, and that still runs after a failure
  await closed; // the rest of the output
  const parts = printed.stdout.split(`${mark}\n`);
  if (code !== 0) throw new Error(`Step ${parts.length} of ${steps.length} failed:\n${printed.stdout}${printed.stderr}`);
  const shown = steps.flatMap((step, index) => (
    step.kind === 'run' && step.printed !== undefined ? [{ wanted: step.printed, index }] : []));
  for (const { wanted, index } of shown) {
    const found = parts[index]?.trimEnd();
    if (found !== wanted) throw new Error(`The page shows:\n${wanted}\nThis was printed:\n${found ?? ''}\n${printed.stderr}`);
  }
  const files = steps.filter(({ kind }) => kind === 'file').length;
  return { commands: steps.length - files, files, outputs: shown.length };
}

function commandOf(step: Step): string {
  const work = step.kind === 'run' ? step.text : `cat > '${step.name}' <<'END OF ${step.name}'\n${step.text}END OF ${step.name}\n`;
  return `${work}echo '${mark}'`;
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Every process of the group has ended.
  }
}
