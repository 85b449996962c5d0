import { describeError } from '../../errors/describe-error.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import { actions } from '../../platform/changes/actions.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { AuditStore } from '../audit/audit.store.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import type { Listening } from './deliver.ts';
import type { EventPositionStore } from './event-position.store.ts';
import { createReadEvent } from './event-reader.ts';
import type { OnEvent } from './event.types.ts';
import { createFollowEvents } from './follow-events.ts';
import { createTakeLease } from './lease.ts';
import { createNamedListeners } from './named-listeners.ts';
import type { NamedListeners } from './named-listeners.ts';
import { createStepsAfter } from './recover-events.ts';
import { createUnnamedListeners } from './unnamed-listeners.ts';

export interface EventsModuleDeps extends Pick<Platform, 'clock' | 'logger'> {
  readonly stores: {
    readonly outbox: Platform['outbox'];
    readonly audit: Pick<AuditStore, 'read' | 'readChanges'>;
    readonly eventPositions: EventPositionStore;
    readonly tenants: Pick<TenantStates, 'ids' | 'ensureLocated'>;
  };
}

const namePattern = /^[\w.-]{1,64}$/;

/** Creates the module that tells listeners of the host about committed changes. */
export function createEventsModule({ stores: { outbox, audit, eventPositions: positions, tenants }, clock, logger }: EventsModuleDeps) {
  const { ensureLocated } = tenants;
  const follow = createFollowEvents({ outbox, clock, readEvent: createReadEvent({ readRecord: audit.read, ensureLocated }) });
  const takeLease = createTakeLease({
    positions, holder: newId(), clock,
    onError: (error) => { logger.warn({ err: describeError(error) }, 'the lease of a listener was not renewed'); },
  });
  const stepsAfter = createStepsAfter({
    follow, tenantIds: tenants.ids, ensureLocated, readChanges: audit.readChanges,
    onLost: (name, since, error) => {
      logger.error({ err: describeError(error), listener: name, since }, 'the database does not have the changes after the position of '
        + 'this listener any more: they are read from the audit trail, in the order of their times. Enlarge the oplog, or run this '
        + 'listener more often');
    },
  });
  const named = new Map<string, Listening[]>();
  const unnamed: Listening[] = [];
  const withoutName = createUnnamedListeners({ listening: unnamed, follow, logger });
  let delivering: readonly NamedListeners[] | undefined;

  const on: OnEvent = (event, listener, { name } = {}) => {
    if (event !== '*' && !actions.includes(event)) throw new TypeError(`There is no event ${JSON.stringify(event)}.`);
    if (typeof listener !== 'function') throw new TypeError('A listener must be a function.');
    if (name === undefined) {
      unnamed.push({ event, listener });
      if (delivering) withoutName.prepare().catch((error: unknown) => {
        logger.error({ err: describeError(error) }, 'listeners hear no events');
      });
      return;
    }
    if (typeof name !== 'string' || !namePattern.test(name))
      throw new TypeError('The name of a listener must be 1 to 64 letters, digits, ".", "_" and "-".');
    if (delivering) throw new TypeError('A listener with a name must be added before gatehouse.init(app).');
    named.set(name, [...named.get(name) ?? [], { event, listener }]);
  };

  return {
    name: 'events',
    routes: [],
    on,
    /** After an `init` that failed, `init` may be called again. */
    async start() {
      await Promise.all((delivering ?? []).map((each) => each.close()));
      delivering = [...named].map(([name, listening]) => createNamedListeners({
        name, listening, positions, fromNow: follow.fromNow, takeLease, stepsAfter, logger, clock,
      }));
      if (unnamed.length > 0) await withoutName.prepare();
      for (const each of delivering) await each.prepare();
    },
    // Listeners may call Gatehouse, which answers only while its gate is open.
    opened() {
      for (const each of [withoutName, ...delivering ?? []]) each.begin();
    },
    async closing() {
      await Promise.all([withoutName, ...delivering ?? []].map((each) => each.close()));
    },
  } satisfies Module & Record<string, unknown>;
}
