import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { Server } from 'node:http';
import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import { guardUpgrades } from '../../src/gate/upgrade-gate.ts';
import type { UpgradeGuardDeps, UpgradeHandlers } from '../../src/gate/upgrade-gate.ts';
import { AppError } from '../../src/errors/errors.ts';

/** A connection that asks to be upgraded; it swallows what is written to it. */
function createConnection(): { readonly request: IncomingMessage; readonly socket: Duplex } {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: 'GET', url: '/live' });
  return { request, socket: new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() }) };
}

/** Sends one upgrade through the guard; `begin` may do something with its socket while the guard decides. */
function upgrade(deps: Partial<UpgradeGuardDeps>, handlers?: UpgradeHandlers) {
  const server = new EventEmitter();
  guardUpgrades(server as unknown as Server, {
    gate: () => ({ kind: 'refused', error: new AppError('right-missing'), caller: null }), refuse: () => undefined, ...deps,
  }, handlers); // a server is heard as an emitter
  const connection = createConnection();
  server.emit('upgrade', connection.request, connection.socket, Buffer.alloc(0));
  return connection;
}

describe('an upgrade that cannot be answered as usual', () => {
  it('because its refusal fails, is cut off', async () => {
    const { socket } = upgrade({ refuse: () => { throw new Error('half an answer was given already'); } });
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('because its socket fails, is cut off, and no error is left unheard', async () => {
    const { socket } = upgrade({ gate: () => new Promise(() => undefined) });
    socket.emit('error', new Error('reset by the client'));
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('because the gate fails, is refused with what it failed with', async () => {
    const failure = new Error('no answer');
    const refused = await new Promise((resolve) => void upgrade(
      { gate: () => Promise.reject(failure), refuse: (_request, _response, error) => resolve(error) },
    ));
    expect(refused).toBe(failure);
  });

  it('is made one of the app before the gate decides', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => void upgrade({
      adopt: () => void order.push('adopted'), gate: () => { order.push('decided'); return { kind: 'options', allow: [] }; },
      refuse: (_request, _response, error) => { order.push(error instanceof AppError ? error.code : 'failed'); resolve(); },
    }));
    expect(order).toEqual(['adopted', 'decided', 'unknown-url']);
  });
});
