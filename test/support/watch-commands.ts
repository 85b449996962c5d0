import type { Connection } from 'mongoose';

export interface CommandWatch {
  /**
   * The commands of some work, each as "find users"; but for pings, the feed of changes, the records of refusals and the mailer's looks for
   * orders, which are made beside the requests.
   */
  during(work: () => Promise<unknown>): Promise<string[]>;
}

/** Watches what is sent to the database. The connection must have been made with `monitorCommands`. */
export function watchCommands(connection: Connection): CommandWatch {
  const commands: string[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const text = `${commandName} ${String((command as Record<string, unknown>)[commandName])}`; // every command names its collection so
    if (!/^(?:ping|getMore) | auditRecords$|^(?:findAndModify|aggregate) outbox$/.test(text) && !isHeartbeat(command)) commands.push(text);
  });
  return {
    async during(work) {
      const before = commands.length;
      await work();
      return commands.slice(before);
    },
  };
}

function isHeartbeat(command: unknown): boolean {
  const { updates: [first] = [] } = command as { readonly updates?: readonly { readonly q: { readonly _id?: unknown } }[] };
  return String(first?.q._id).startsWith('heartbeat-');
}
