import { BlockList, isIP } from 'node:net';

/** Creates the check whether an address is one of these proxies: addresses, CIDR ranges, or `loopback`. */
export function createProxyList(proxies: readonly string[]): (address: string | null) => boolean {
  const list = new BlockList();
  for (const proxy of proxies.flatMap((each) => (each === 'loopback' ? ['127.0.0.0/8', '::1'] : each))) {
    const [address = '', length] = proxy.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return (address) => {
    const version = address === null ? 0 : isIP(address);
    return address !== null && version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}
