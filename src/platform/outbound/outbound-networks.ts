import { parseRange } from '../../engine/policies/condition.ip.ts';

/** Why Gatehouse connects to addresses that tenants choose. */
export const outboundPurposes = ['sign-on', 'forwarding'] as const;
export type OutboundPurpose = (typeof outboundPurposes)[number];

/** A network that may be reached for one purpose although its addresses are blocked otherwise. */
export interface OutboundNetwork {
  readonly purpose: OutboundPurpose;
  /** In CIDR notation. */
  readonly network: string;
}

/** Reads an entry of OUTBOUND_NETWORKS, `purpose=CIDR`; undefined if the text is no such entry. */
export function parseOutboundNetwork(text: string): OutboundNetwork | undefined {
  const [name, network = '', ...more] = text.split('=');
  const purpose = outboundPurposes.find((each) => each === name);
  if (purpose === undefined || more.length > 0 || !network.includes('/') || !parseRange(network)) return undefined;
  return { purpose, network };
}
