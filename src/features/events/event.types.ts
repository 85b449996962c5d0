import type { Action } from '../../platform/changes/actions.ts';
import type { Change } from '../../platform/changes/change.service.ts';

/** The name of an event. It is the action of the audit record. */
export type EventName = Action;

/** A change that was committed, as the audit trail has it. */
export interface GatehouseEvent {
  /** The id of the audit record. A delivery that is repeated has the same id. */
  readonly eventId: string;
  readonly event: EventName;
  readonly at: Date;
  /** The tenant of the target. */
  readonly tenantId: string;
  readonly target: Change['target'];
  /**
   * Who made the change; null if the audit record is gone, or its tenant is being moved. `userId` is null for the server itself and before
   * a login.
   */
  readonly actor: {
    /** A userId or a clientId. */
    readonly userId: string | null;
    /** The actor's own tenant, if it is another one. */
    readonly tenantId?: string;
    readonly via?: 'code';
  } | null;
  /** The fields that changed. Personal data of a user who was erased before the first delivery is missing. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** Called with each event. It fails if it throws or rejects. */
export type EventListener = (event: GatehouseEvent) => unknown;

export interface ListenerOptions {
  /**
   * A name for the listener's position, 1 to 64 letters, digits, `.`, `_` and `-`. Listeners with the same name share a position, also
   * in other processes, and one process at a time delivers to them.
   *
   * All processes must listen to the same events under a name: a process moves past events that it does not want. To listen to more
   * events, use a new name. A listener must not block the process for 5 s: its lease would run out, and the event would come again.
   */
  readonly name?: string;
}

/**
 * Adds a listener of an event, or of all events with `*`.
 *
 * With a `name`, the position is stored: every event that is committed after the first `init` with this name arrives, in the order of
 * the commits, at least once. A listener that fails is called again with growing pauses of up to a minute, and later events wait for it.
 * Without a name, the listener hears only what is committed while this process runs, and no failure is repeated.
 *
 * Throws a TypeError for an event that does not exist, for a name of another form, and for a name after `init`.
 */
export type OnEvent = (event: EventName | '*', listener: EventListener, options?: ListenerOptions) => void;
