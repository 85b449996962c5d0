import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { AppError } from '../../../../errors/errors.ts';
import type { AddressGuard } from '../../../../platform/outbound/guarded-address.ts';
import type { LdapConfiguration } from '../ldap.types.ts';
import { directoryAddressOf } from './directory-address.ts';
import { directoryFailure, isDirectoryFailure } from './directory-errors.ts';
import { askForTls } from './start-tls.ts';

export interface OpenSocketDeps {
  /** The one way to addresses that tenants write. */
  readonly guard: AddressGuard;
  /** In production, no connection is without encryption. Otherwise it may be, in listed networks. */
  readonly production: boolean;
  /** The time until a connection is open and encrypted, in ms. */
  readonly connectTime: number;
}

export type TlsOptions = Pick<LdapConfiguration, 'startTls' | 'ca' | 'serverName'>;

/**
 * Opens a connection to a directory: its addresses are resolved once and checked, and it is encrypted with TLS 1.2 or later and a
 * certificate for its name.
 *
 * Throws a DirectoryFailure.
 */
export async function openSocket({ guard, production, connectTime }: OpenSocketDeps, url: string, options: TlsOptions): Promise<Socket> {
  const { host, port, isSecure } = directoryAddressOf(url) ?? unreadable();
  const isPlain = !isSecure && options.startTls !== true;
  if (isPlain && production) throw directoryFailure('address-not-allowed', 'PLAIN_LDAP');
  const rules = { listedOnly: isPlain };
  const limit = AbortSignal.timeout(connectTime);
  let socket: Socket | undefined;
  const end = () => { socket?.destroy(directoryFailure('timeout')); };
  limit.addEventListener('abort', end);
  try {
    // A lookup is never called for a host that is an address.
    if (isIP(host) !== 0) await guard.resolve(host, rules);
    socket = connect({ host, port, lookup: guard.lookup(rules) });
    await once(socket, 'connect');
    if (isPlain) return socket;
    if (!isSecure) await askForTls(socket);
    return await encrypt(socket, options.serverName ?? host, options.ca);
  } catch (error) {
    socket?.on('error', () => undefined).destroy();
    throw limit.aborted ? directoryFailure('timeout') : toFailure(error);
  } finally {
    limit.removeEventListener('abort', end);
  }
}

async function encrypt(socket: Socket, name: string, ca: string | undefined): Promise<TLSSocket> {
  const encrypted = connectTls({
    socket, minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(isIP(name) === 0 && { servername: name }),
    ...(ca !== undefined && { ca }), checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  });
  try {
    await once(encrypted, 'secureConnect');
    return encrypted;
  } catch (error) {
    encrypted.on('error', () => undefined).destroy();
    throw isDirectoryFailure(error) ? error : directoryFailure('tls', error);
  }
}

function toFailure(error: unknown): Error {
  if (isDirectoryFailure(error)) return error;
  return directoryFailure(error instanceof AppError ? 'address-not-allowed' : 'unreachable', error instanceof AppError ? undefined : error);
}

function unreadable(): never {
  throw directoryFailure('address-not-allowed');
}
