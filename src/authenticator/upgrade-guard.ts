import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Caller } from '../access/caller.ts';
import { AppError, toProblem } from '../errors.ts';
import type { Gate } from './gate.ts';

/** Takes over a connection that the gate let through, such as to a WebSocket server. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller | null) => void;

/**
 * Puts the gate before `upgrade` requests, which never meet Express; without a handler all of them are refused.
 *
 * Throws if the server has an upgrade listener of its own, or is given one later: it would be a way around the gate.
 */
export function guardUpgrades(server: Server, gate: Gate, requestId: (request: IncomingMessage) => string, handler?: UpgradeHandler): void {
  if (server.listenerCount('upgrade') > 0) throw bypass();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    Promise.resolve()
      .then(() => gate(request, request.url ?? ''))
      .then((verdict) => {
        if (verdict.kind === 'pass' && handler) handler(request, socket, head, verdict.caller);
        else refuse(socket, verdict.kind === 'refused' ? verdict.error : new AppError('unknown-url'), requestId(request));
      })
      .catch((error: unknown) => refuse(socket, error instanceof AppError ? error : new AppError('database-unreachable', {}, error), requestId(request)));
  });
  server.on('newListener', (event) => {
    if (event === 'upgrade') throw bypass();
  });
}

function refuse(socket: Duplex, error: AppError, requestId: string): void {
  const problem = toProblem(error, requestId);
  const body = JSON.stringify(problem);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

function bypass(): Error {
  return new Error('An upgrade listener of the server would bypass the gate: hand it to gatehouse.guardUpgrades(server, handler) instead.');
}
