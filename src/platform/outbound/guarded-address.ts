import { lookup as lookUp } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { readIpAddress } from '../../engine/ip-address.ts';
import { parseRange } from '../../engine/policies/condition.ip.ts';
import { AppError } from '../../errors/errors.ts';
import type { OutboundNetwork, OutboundPurpose } from './outbound-networks.ts';

/** Finds all addresses of a name. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface AddressGuardDeps {
  readonly purpose: OutboundPurpose;
  /** The networks of OUTBOUND_NETWORKS, of all purposes. */
  readonly networks: readonly OutboundNetwork[];
  /** By default as the system resolves names, hosts file included. */
  readonly resolve?: ResolveHost | undefined;
}

export interface AddressRules {
  /** Allows addresses of listed networks alone, for connections without encryption. */
  readonly listedOnly: boolean;
}

/** Decides which addresses may be reached. */
export interface AddressGuard {
  /**
   * The addresses of a host, which is a name or an IP address, with or without brackets. Connect to one of these, and resolve no
   * name again.
   *
   * Throws `address-not-allowed` if one of them is blocked, and the error of the resolver if there is none.
   */
  resolve(host: string, rules?: AddressRules): Promise<readonly LookupAddress[]>;
  /**
   * A `lookup` for `net.connect`, `tls.connect` and agents: the connection goes to an address that was checked.
   *
   * Node never calls it for a host that is an IP address: check the host with `resolve` before you connect.
   */
  lookup(rules?: AddressRules): LookupFunction;
}

/** Addresses that belong to no public network (IANA's registry of special-purpose addresses), and addresses of cloud metadata. */
const blockedIpv4 = blockListOf([
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24',
  '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
  '168.63.129.16/32', // Azure
]);

/** The only global unicast addresses. Loopback, unique local, link-local, multicast and NAT64 addresses are outside. */
const globalIpv6 = blockListOf(['2000::/3']);

/** Teredo, other protocols and documentation; 6to4, which contains an IPv4 address. */
const blockedIpv6 = blockListOf(['2001::/23', '2001:db8::/32', '2002::/16', '3ffe::/16', '3fff::/20']);

/** Creates the guard of the addresses for one purpose. */
export function createAddressGuard({ purpose, networks, resolve = resolveBySystem }: AddressGuardDeps): AddressGuard {
  const listed = blockListOf(networks.filter((each) => each.purpose === purpose).map(({ network }) => network));

  function isAllowed(address: string, { listedOnly }: AddressRules): boolean {
    const plain = readIpAddress(address);
    return plain !== null && (contains(listed, plain) || (!listedOnly && isPublic(plain)));
  }

  async function checked(host: string, rules: AddressRules = { listedOnly: false }): Promise<readonly LookupAddress[]> {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(bare);
    const found = family === 0 ? await resolve(bare) : [{ address: bare, family }];
    if (found.length === 0) throw notFound(`${bare} has no address.`);
    // One blocked address refuses all of them: a name that has both kinds tries to get around this check.
    const blocked = found.find(({ address }) => !isAllowed(address, rules));
    if (blocked) throw new AppError('address-not-allowed', {}, new Error(`${bare} is at ${blocked.address}.`));
    return found;
  }

  /** `family` is 4 or 6; every other number means both. */
  async function checkedOf(
    host: string, family: number, rules: AddressRules | undefined,
  ): Promise<readonly [LookupAddress, ...LookupAddress[]]> {
    const all = await checked(host, rules);
    const [first, ...others] = [4, 6].includes(family) ? all.filter((each) => each.family === family) : all;
    if (!first) throw notFound(`${host} has no address of this family.`);
    return [first, ...others];
  }

  return {
    resolve: checked,
    lookup: (rules) => (hostname, options, callback) => {
      checkedOf(hostname, Number(options.family), rules).then(([first, ...others]) => {
        if (options.all === true) callback(null, [first, ...others]);
        else callback(null, first.address, first.family);
      }, (error: unknown) => { callback(error as Error, ''); }); // the functions of this file throw errors alone
    },
  };
}

function isPublic(address: string): boolean {
  return isIP(address) === 4 ? !contains(blockedIpv4, address) : contains(globalIpv6, address) && !contains(blockedIpv6, address);
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const range = parseRange(network);
    if (!range) throw new TypeError(`${network} is no network in CIDR notation.`);
    list.addSubnet(range.address, range.bits, range.family);
  }
  return list;
}

function notFound(message: string): Error {
  return Object.assign(new Error(message), { code: 'ENOTFOUND' });
}

async function resolveBySystem(hostname: string): Promise<readonly LookupAddress[]> {
  return lookUp(hostname, { all: true });
}
