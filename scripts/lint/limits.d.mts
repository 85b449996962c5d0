import type { Linter } from 'eslint';

/** The part of an eslint configuration that limits how long files, lines and functions are. */
export const limits: Linter.Config[];
