import type { Command } from './command-line/command.ts';

interface Entry {
  /** One sentence for the help. */
  readonly about: string;
  /** Loads the command alone, so that help and small commands do not wait for the whole server. */
  readonly load: () => Promise<Command>;
}

/** Every command of the program, by its name. A new command is a line here, a file beside this one and a script in package.json. */
export const commands: ReadonlyMap<string, Entry> = new Map(Object.entries({
  start: {
    about: 'Run the server. Outside production it starts a local database if MONGODB_URI is not set.',
    load: async () => (await import('./start.ts')).startCommand,
  },
  db: {
    about: 'Run a local database for development and print its URI. Ctrl-C stops it.',
    load: async () => (await import('./db.ts')).dbCommand,
  },
  seed: {
    about: 'Create or update the roles and rights in the database, and print a set-up link.',
    load: async () => (await import('./seed.ts')).seedCommand,
  },
  keys: {
    about: 'List, rotate or revoke the keys that sign access tokens.',
    load: async () => (await import('./keys.ts')).keysCommand,
  },
  tenants: {
    about: 'Move a suspended tenant into a database of its own, or back into the shared database.',
    load: async () => (await import('./tenants.ts')).tenantsCommand,
  },
  addresses: {
    about: 'List accounts whose e-mail addresses are equal by the rules of this version.',
    load: async () => (await import('./addresses.ts')).addressesCommand,
  },
  sso: {
    about: 'Check every active identity provider without a login. Exit code 1 if a step fails.',
    load: async () => (await import('./sso.ts')).ssoCommand,
  },
  settings: {
    about: 'Print all settings with their defaults and meanings, in the form of a .env file.',
    load: async () => (await import('./settings.ts')).settingsCommand,
  },
  census: {
    about: 'Compare the routes of the stand-alone server with its registered URLs. Exit code 1 if they differ.',
    load: async () => (await import('./census.ts')).censusCommand,
  },
} satisfies Record<string, Entry>));
