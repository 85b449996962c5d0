/** One small change of one source file: a test should fail because of it. */
export interface Mutant {
  /** Path inside the project. */
  readonly file: string;
  /** Of the change, counted from 1. */
  readonly line: number;
  /** What was done, in a few words. */
  readonly change: string;
  /** The source lines that the change touches, without indentation. */
  readonly before: string;
  /** The same lines after the change. */
  readonly after: string;
  /** The whole file after the change. */
  readonly text: string;
}

/** A place in a source file, and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly change: string;
}
