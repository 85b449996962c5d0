import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** Reads the instructions, without comments and with continued lines joined. */
export function readDockerfile(file: string): Instruction[] {
  const lines = readFileSync(file, 'utf8').replaceAll('\\\n', '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return { name, text };
  });
}

/** What a container of the last stage starts with. */
export interface Image {
  /** Where its file system is here. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

interface Stage {
  readonly root: string;
  workdir: string;
  env: Record<string, string>;
}

/**
 * Does the steps of a Dockerfile without a container engine: each stage is a folder below `folder`, its commands run there with this
 * machine's Node, and `context` are the files that it may copy. Users and base images do not count.
 */
export async function buildImage(instructions: readonly Instruction[], context: string, folder: string): Promise<Image> {
  const stages = new Map<string, Stage>();
  let stage: Stage = { root: '', workdir: '/', env: {} };
  const image: { command: string[]; healthCheck: string[] } = { command: [], healthCheck: [] };
  for (const { name, text } of instructions) {
    switch (name) {
      case 'FROM':
        stage = { root: join(folder, String(stages.size)), workdir: '/', env: {} };
        stages.set(/ AS (\S+)$/.exec(text)?.[1] ?? 'last', stage);
        break;
      case 'WORKDIR':
        stage.workdir = text;
        mkdirSync(join(stage.root, text), { recursive: true });
        break;
      case 'COPY':
        copy(text, stage, stages, context);
        break;
      case 'RUN':
        await promisify(execFile)('/bin/sh', ['-ec', text], {
          cwd: join(stage.root, stage.workdir), env: { PATH: process.env['PATH'], HOME: process.env['HOME'] }, maxBuffer: 10_000_000,
        });
        break;
      case 'ENV':
        for (const [, key = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g)) stage.env[key] = value;
        break;
      case 'HEALTHCHECK':
        image.healthCheck.push(...wordsOf(text.replace(/^.*? CMD /, '')));
        break;
      case 'ENTRYPOINT':
      case 'CMD':
        image.command.push(...wordsOf(text));
        break;
      case 'USER':
      case 'EXPOSE':
        break;
      default: throw new Error(`This test does not know the instruction ${name}.`);
    }
  }
  return { ...image, ...stage };
}

function copy(text: string, { root, workdir }: Stage, stages: ReadonlyMap<string, Stage>, context: string): void {
  const [, from, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(text) ?? [];
  const source = from === undefined ? context : stages.get(from)?.root ?? '';
  const words = paths.split(' ');
  const to = join(root, words.at(-1)?.startsWith('/') ? '' : workdir, words.at(-1) ?? '');
  for (const word of words.slice(0, -1)) {
    const path = join(source, word);
    if (!existsSync(path)) throw new Error(`COPY ${text}: there is no ${word}.`);
    const isFolder = words.length > 2 || paths.endsWith('/');
    if (!statSync(path).isDirectory()) cpSync(path, isFolder ? join(to, basename(word)) : to);
    else for (const name of readdirSync(path)) cpSync(join(path, name), join(to, name), { recursive: true, verbatimSymlinks: true });
  }
}

/** The words of an instruction in its JSON form, which runs without a shell. */
function wordsOf(text: string): string[] {
  return JSON.parse(text) as string[]; // Docker accepts nothing else in this form
}
