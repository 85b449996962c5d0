import type { LookupAddress } from 'node:dns';
import { connect } from 'node:net';
import { AppError } from '../../../src/errors/errors.ts';
import { createAddressGuard } from '../../../src/platform/outbound/guarded-address.ts';
import type { ResolveHost } from '../../../src/platform/outbound/guarded-address.ts';
import { parseOutboundNetwork } from '../../../src/platform/outbound/outbound-networks.ts';
import { startCanary } from './canary.ts';

const none = createAddressGuard({ purpose: 'sign-on', networks: [] });
const loopback = { purpose: 'sign-on', network: '127.0.0.0/8' } as const;
const codeOf = (work: Promise<unknown>) => work.then(
  () => 'allowed', (error: unknown) => (error instanceof AppError ? error.code : (error as { code?: string }).code),
);
const v4 = (address: string): LookupAddress => ({ address, family: 4 });
const v6 = (address: string): LookupAddress => ({ address, family: 6 });

describe('createAddressGuard', () => {
  it.each([
    '0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1',
    '172.31.255.255', '192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255', '198.51.100.7',
    '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '168.63.129.16',
    '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:0:127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b:1::7f00:1',
    '100::1', '2001::7f00:1', '2001:10::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%lo',
    'fec0::1', 'ff02::1', '[::1]', '[::ffff:10.0.0.1]', '5f00::1',
  ])('%s, which is no public address, is refused', async (address) => {
    expect(await codeOf(none.resolve(address))).toBe('address-not-allowed');
  });

  it.each([
    '1.1.1.1', '9.255.255.255', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1', '192.167.0.1', '198.17.0.1', '223.255.255.255',
    '2606:4700:4700::1111', '2a00:1450:4001::1', '::ffff:1.1.1.1',
  ])('%s, which is public, is allowed', async (address) => {
    expect(await codeOf(none.resolve(address))).toBe('allowed');
    expect(await codeOf(none.resolve(address, { listedOnly: true }))).toBe('address-not-allowed');
  });

  it('name with one blocked address among public ones, is refused as a whole', async () => {
    const resolve: ResolveHost = () => Promise.resolve([v4('1.1.1.1'), v6('2606:4700:4700::1111'), v6('::1')]);
    const guard = createAddressGuard({ purpose: 'sign-on', networks: [], resolve });
    expect(await codeOf(guard.resolve('mixed.example'))).toBe('address-not-allowed');
  });

  it('name without an address, is not found', async () => {
    const guard = createAddressGuard({ purpose: 'sign-on', networks: [], resolve: () => Promise.resolve([]) });
    expect(await codeOf(guard.resolve('empty.example'))).toBe('ENOTFOUND');
  });

  it('listed network, counts for its purpose alone', async () => {
    const networks = [loopback, { purpose: 'forwarding', network: 'fd00:1::/32' } as const];
    const guards = (['sign-on', 'forwarding'] as const).map((purpose) => createAddressGuard({ purpose, networks }));
    const reached = (address: string) => Promise.all(guards.map((guard) => codeOf(guard.resolve(address))));
    expect(await reached('127.0.0.1')).toEqual(['allowed', 'address-not-allowed']);
    expect(await reached('::ffff:127.0.0.1')).toEqual(['allowed', 'address-not-allowed']);
    expect(await reached('fd00:1::5')).toEqual(['address-not-allowed', 'allowed']);
    expect(await reached('10.0.0.1')).toEqual(['address-not-allowed', 'address-not-allowed']);
  });

  it('lookup of a socket, connects to the checked address, and to none if the name is blocked', async () => {
    const canary = await startCanary('127.0.0.1');
    const open = (networks: readonly (typeof loopback)[], options: object = {}) => new Promise<string>((resolve) => {
      const guard = createAddressGuard({ purpose: 'sign-on', networks, resolve: () => Promise.resolve([v4('127.0.0.1')]) });
      const socket = connect({ host: 'directory.example', port: canary.port, lookup: guard.lookup(), ...options });
      socket.once('connect', () => { resolve('connected'); }).once('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
      socket.once('connect', () => socket.destroy());
    });
    expect(await open([])).toBe('address-not-allowed');
    expect(await open([], { autoSelectFamily: false })).toBe('address-not-allowed');
    expect(canary.connections()).toBe(0);
    expect(await open([loopback])).toBe('connected');
    expect(await open([loopback], { autoSelectFamily: false })).toBe('connected');
    expect(await open([loopback], { family: 6 })).toBe('ENOTFOUND');
    expect(canary.connections()).toBe(2);
  });
});

describe('parseOutboundNetwork', () => {
  it('purpose and network, are read; anything else is no entry', () => {
    expect(parseOutboundNetwork('sign-on=10.0.0.0/8')).toEqual({ purpose: 'sign-on', network: '10.0.0.0/8' });
    expect(parseOutboundNetwork('forwarding=fd00::/8')).toEqual({ purpose: 'forwarding', network: 'fd00::/8' });
    for (const text of [
      '10.0.0.0/8', 'sign-on', 'sign-on=', 'sign-on=10.0.0.1', 'sign-on=10.0.0.0/33', 'sign-on=example.com/8', 'mail=10.0.0.0/8',
      'sign-on=10.0.0.0/8=', 'SIGN-ON=10.0.0.0/8',
    ]) expect(parseOutboundNetwork(text)).toBeUndefined();
  });
});
