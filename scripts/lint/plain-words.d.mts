import type { Linter } from 'eslint';

/** The part of an eslint configuration that refuses phrases in comments that are not plain English. */
export const plainWords: Linter.Config;
