import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Form } from './form.ts';

/** Tests that measure time. They run last, one file at a time, because a test beside them would be measured too. */
export const aloneFolder = 'test/alone/';
/** The short form leaves these out, unless a pattern names them. */
const onlyInCi = [aloneFolder, 'test/bench/'];

/** Whether a test file uses Keycloak, which its name says. The short form leaves it out, unless a pattern names it. */
export function usesKeycloak(file: string): boolean {
  return /\/keycloak(-[^/]*)?\.test\.ts$/.test(file);
}

/** The files of a run, in two parts. */
export interface ChosenFiles {
  readonly together: readonly string[];
  readonly alone: readonly string[];
}

export async function listTestFiles(project: string): Promise<string[]> {
  const files = await readdir(join(project, 'test'), { recursive: true });
  return files.filter((file) => file.endsWith('.test.ts')).map((file) => `test/${file}`).sort();
}

/** Chooses the files whose path matches one of the patterns; without patterns, all files of the form except those that are left out. */
export function chooseFiles(
  files: readonly string[], patterns: readonly string[], form: Form, leftOut: readonly string[] = [],
): ChosenFiles {
  const isForCi = (file: string): boolean => (
    leftOut.includes(file) || usesKeycloak(file) || onlyInCi.some((folder) => file.startsWith(folder)));
  const isInForm = (file: string): boolean => form !== 'short' || !isForCi(file);
  const chosen = files.filter(patterns.length === 0 ? isInForm : (file) => patterns.some((pattern) => new RegExp(pattern).test(file)));
  const isAlone = (file: string): boolean => file.startsWith(aloneFolder);
  return { together: chosen.filter((file) => !isAlone(file)), alone: chosen.filter(isAlone) };
}

/** A server that some groups of tests start from the PATH. */
export type TestServer = 'Redis' | 'Slapd';

/** The groups of tests in these files that need such a server, by their titles. */
export async function serverProofs(project: string, files: readonly string[], server: TestServer): Promise<string[]> {
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(project, file), 'utf8') })));
  return texts.flatMap(({ file, text }) => (
    [...text.matchAll(new RegExp(`^describeWith${server}\\('([^']+)'`, 'gm'))].map(([, title = '']) => `${file} (${title})`)));
}
