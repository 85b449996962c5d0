import type { Connection } from 'mongoose';

export interface CommandWatch {
  /** The commands of some work, each as "find users"; but for pings, the records of refusals and the mailer's looks for orders, which are made beside the requests. */
  during(work: () => Promise<unknown>): Promise<string[]>;
}

/** Watches what is sent to the database. The connection must have been made with `monitorCommands`. */
export function watchCommands(connection: Connection): CommandWatch {
  const commands: string[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const text = `${commandName} ${String((command as Record<string, unknown>)[commandName])}`; // every command names its collection so
    if (!text.startsWith('ping') && !text.endsWith('auditRecords') && text !== 'findAndModify outbox') commands.push(text);
  });
  return {
    async during(work) {
      const before = commands.length;
      await work();
      return commands.slice(before);
    },
  };
}
