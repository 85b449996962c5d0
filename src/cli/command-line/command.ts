/** An option of a command, as it is parsed and as the help describes it. */
export interface CommandOption {
  readonly type: 'boolean' | 'string';
  readonly default?: boolean | string;
  /** The name of its value in the help, such as FOLDER. */
  readonly value?: string;
  readonly about: string;
}

export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** A command of the program. */
export interface Command {
  /** The words and main options that may follow its name. */
  readonly usage?: string;
  readonly options: CommandOptions;
  /** Rejects with an error for which `exitWith` has an exit code and a message. */
  run(args: readonly string[]): Promise<void>;
}

/** Options that several commands have. */
export const commonOptions = {
  data: { type: 'string', value: 'FOLDER', about: 'The folder of the local database and its secrets. Default: .gatehouse/data' },
} as const satisfies CommandOptions;
