import type { ClientSession, Model } from 'mongoose';
import { AppError } from '../../../src/errors/errors.ts';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import type { EffectiveGrants } from '../../../src/features/grants/grants.types.ts';
import type { SessionPrincipal } from '../../../src/features/grants/grants.types.ts';
import type { SessionClaims, RightSetRef } from '../../../src/features/grants/right-set.types.ts';
import type { Session } from '../../../src/features/sessions/session.model.ts';
import { createSessionService } from '../../../src/features/sessions/session.service.ts';
import type { SessionDeps } from '../../../src/features/sessions/session.service.ts';
import { createSessionStore } from '../../../src/features/sessions/session.store.ts';
import type { TenantState } from '../../../src/features/tenants/tenant.store.ts';
import type { User } from '../../../src/features/users/user.model.ts';

const [minute, hour] = [60_000, 3_600_000];
const begun = 1_000 * hour;
const rights: Omit<RightSetRef, 'changesAt'> = {
  id: 'set', roles: [], roleTypes: ['clerk'], memberOf: {}, grantSet: { permissions: [], policies: [], isSuperadmin: false },
  grants: compileGrants(createUrlRegistry([], () => []), { rights: [], policies: [], isSuperadmin: false }),
};
const effective: EffectiveGrants = { roles: [], roleTypes: ['clerk'], memberships: [], granted: [], changesAt: null };
const notNeeded = () => { throw new Error('To read a caller does not take this.'); };

/** One stored session, its user and its tenant; what is written to it is noted. `changed` is what a snapshot reads of them meanwhile. */
function watchSessions(more: Partial<SessionDeps> = {}) {
  const state = {
    now: begun,
    session: {
      _id: 's', tenantId: 't', userId: 'ann', rightSetId: 'set', policyVersion: 1, accessVersion: 1, changesAt: null,
      createdAt: new Date(begun), expiresAt: new Date(begun + 8 * hour), device: { userAgent: null, ip: null },
    } as Session,
    user: { _id: 'ann', tenantId: 't', roles: [], isActive: true, accessVersion: 1, username: 'ann' } as SessionPrincipal,
    tenant: { status: 'active', policyVersion: 1, settings: {} } as TenantState,
    changed: {} as { user?: SessionPrincipal; tenant?: TenantState },
    changesAt: null as Date | null,
    written: [] as unknown[],
  };
  const readUser = (_tenantId: string, _id: string, snapshot?: ClientSession) => Promise.resolve(
    ((snapshot && state.changed.user) ?? state.user) as User,
  ); // as much of one as is read
  const deps: SessionDeps = {
    store: createSessionStore({ clock: () => state.now, model: {
      findOne: () => ({ lean: () => Promise.resolve(state.session) }),
      updateOne: (_filter: unknown, update: unknown) => Promise.resolve(state.written.push(update)),
      findOneAndUpdate: (_filter: unknown, update: unknown) => ({ lean: () => {
        state.written.push(update);
        return Promise.resolve(null);
      } }),
    } as unknown as Model<Session> }), // as much of it as is used to read a caller
    readUser, readClient: readUser,
    readTenant: (_tenantId, snapshot) => Promise.resolve((snapshot && state.changed.tenant) ?? state.tenant),
    grantsOf: (_tenantId, id) => Promise.resolve(id === 'set' ? rights : null),
    inSnapshot: (read) => read({} as ClientSession), // only handed on
    resolveGrants: () => Promise.resolve(effective),
    rightSetOf: () => Promise.resolve({ ...rights, changesAt: state.changesAt }),
    sharedGrantCache: null, clock: () => state.now, attributesOf: () => ({}), sessionHours: 8, clientSeconds: 60,
    changes: {
      transact: notNeeded, within: notNeeded, rehearse: notNeeded, onChanged: notNeeded, onMailOrdered: notNeeded, forgetMail: notNeeded,
    },
    touchForLogin: notNeeded, touchForToken: notNeeded, makeRefreshToken: notNeeded, signToken: notNeeded,
    ...more,
  };
  const sessions = createSessionService(deps);
  const load = (claims: Partial<SessionClaims> = {}) => sessions.loadCaller({ sub: 'ann', sid: 's', tenant: 't', ...claims });
  return { state, load, sessions };
}

describe('a caller that is read', () => {
  it('holds a role that ends before the session, is good until that moment', async () => {
    const { state, load } = watchSessions();
    state.session.changesAt = new Date(begun + 10_000);
    expect((await load()).goodUntil).toBe(begun + 10_000);
    state.session.changesAt = null;
    expect((await load()).goodUntil).toBe(begun + 8 * hour);
  });

  it('at the moment at which a role ends, is read anew, and is good until the next one', async () => {
    const { state, load } = watchSessions();
    state.session.changesAt = new Date(begun + 10_000);
    state.changesAt = new Date(begun + 20_000);
    state.now = begun + 9_999;
    await load();
    expect(state.written).toEqual([]);
    state.now += 1;
    expect((await load()).goodUntil).toBe(begun + 20_000);
    expect(state.written)
      .toEqual([{ $set: { rightSetId: 'set', policyVersion: 1, accessVersion: 1, changesAt: new Date(begun + 20_000) } }]);
  });

  it.each([['tenant', { policyVersion: 2 }, {}], ['user', {}, { accessVersion: 2 }]])('of a %s that was changed, is read anew', async (
    _what, tenant, user,
  ) => {
    const { state, load } = watchSessions();
    Object.assign(state.tenant, tenant);
    Object.assign(state.user, user);
    await load();
    expect(state.written)
      .toEqual([{ $set: { rightSetId: 'set', policyVersion: 1, accessVersion: 1, changesAt: null, ...tenant, ...user } }]);
  });

  it('at the end of the session, is refused, and 1 ms before it is not', async () => {
    const { state, load } = watchSessions();
    state.now = begun + 8 * hour - 1;
    expect((await load()).isClient).toBe(false);
    state.now += 1;
    await expect(load()).rejects.toMatchObject({ code: 'session-ended' });
  });
});

describe('a session that ends for want of requests', () => {
  it('notes a request once a minute, and not each one', async () => {
    const { state, load } = watchSessions();
    state.tenant = { ...state.tenant, settings: { idleHours: 1 } };
    state.now = begun + minute - 1;
    await load();
    expect(state.written).toEqual([]);
    state.now = begun + minute;
    await load();
    expect(state.written).toEqual([{ $max: { seenAt: new Date(begun + minute) } }]);
    state.session.seenAt = new Date(begun + minute);
    state.now += minute - 1;
    await load();
    expect(state.written).toHaveLength(1);
  });

  it('at the end of the hours without a request, is refused, and 1 ms before it is not', async () => {
    const { state, load } = watchSessions();
    state.tenant = { ...state.tenant, settings: { idleHours: 1 } };
    state.now = begun + hour - 1;
    await load();
    state.now += 1;
    await expect(load()).rejects.toMatchObject({ code: 'session-ended' });
  });

  it('of a tenant without such a setting, notes nothing', async () => {
    const { state, load } = watchSessions();
    state.now = begun + 5 * hour;
    await load();
    expect(state.written).toEqual([]);
  });
});

describe('a session that a proof confirms', () => {
  it('whose proof is refused in the transaction, is not raised; with one that passes it is, unless it has ended', async () => {
    const tx = { actor: systemActor('t'), record: () => undefined } as unknown as ChangeTransaction; // as much of one as is used
    const { state, sessions } = watchSessions({
      changes: { transact: (_actor: unknown, work: (tx: ChangeTransaction) => unknown) => work(tx) } as never, // no other part is used
    });
    const confirm = (check: (tx: ChangeTransaction) => Promise<void>) => sessions.confirm(
      systemActor('t'), 's', { amr: ['pwd'], level: 1, at: new Date(begun) }, check,
    );
    await expect(confirm(() => Promise.reject(new AppError('wrong-password')))).rejects.toMatchObject({ code: 'wrong-password' });
    expect(state.written).toEqual([]);
    const given: ChangeTransaction[] = [];
    await expect(confirm((own) => Promise.resolve(void given.push(own)))).rejects.toMatchObject({ code: 'session-ended' });
    expect([given, state.written.length]).toEqual([[tx], 1]);
  });
});

describe('a session that a token does not fit', () => {
  it('of a user, for the token of a client, is refused', async () => {
    await expect(watchSessions().load({ client_id: 'ann' })).rejects.toMatchObject({ code: 'session-ended' });
  });

  it('of a client, for the token of a user, is refused, and for its own it is not', async () => {
    const { state, load } = watchSessions();
    state.session.kind = 'client';
    await expect(load()).rejects.toMatchObject({ code: 'session-ended' });
    expect((await load({ client_id: 'ann' })).isClient).toBe(true);
  });

  it('of another user, is refused', async () => {
    await expect(watchSessions().load({ sub: 'bob' })).rejects.toMatchObject({ code: 'session-ended' });
  });
});

describe('somebody who is changed while the rights are read anew', () => {
  const changing = () => {
    const watched = watchSessions();
    watched.state.session.policyVersion = 0;
    return watched;
  };

  it('disabled, is refused and nothing is written', async () => {
    const { state, load } = changing();
    state.changed.user = { ...state.user, isActive: false };
    await expect(load()).rejects.toMatchObject({ code: 'user-disabled' });
    expect(state.written).toEqual([]);
  });

  it('of a tenant that is suspended, is refused and nothing is written', async () => {
    const { state, load } = changing();
    state.changed.tenant = { ...state.tenant, status: 'suspended' };
    await expect(load()).rejects.toMatchObject({ code: 'session-ended' });
    expect(state.written).toEqual([]);
  });
});
