import { getServers } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { randomBytes } from 'node:crypto';

/** What the DNS servers say: `unknown` if one of them gives no answer, and none says that the record is missing. */
export type DomainProof = 'found' | 'missing' | 'unknown';

/** Looks up the record that proves a domain. Never throws. */
export type ProveDomain = (domain: string, token: string) => Promise<DomainProof>;

/** The time for one question to one server, in ms, and how often it is asked. */
const patience = { timeout: 2_000, tries: 2 };

/** How many servers of the system are asked. */
const systemServers = 2;

/** The answers of a server that surely has no such record. */
const absent = new Set(['ENOTFOUND', 'ENODATA']);

/** Creates the token of a domain: 128 random bits. */
export function makeDomainToken(): string {
  return randomBytes(16).toString('base64url');
}

/** The TXT record that proves a domain: its name, and its value. */
export function recordOf(domain: string, token: string): { readonly record: string; readonly value: string } {
  return { record: `_gatehouse.${domain}`, value: `gatehouse-domain=${token}` };
}

/**
 * Creates the look-up of records. Every server must have the record: a server that lies or is outdated proves nothing alone.
 *
 * `servers` are IP addresses, with or without a port. Without any, the first two servers of the system are asked.
 */
export function createProveDomain(servers: readonly string[]): ProveDomain {
  return async (domain, token) => {
    const { record, value } = recordOf(domain, token);
    const asked = servers.length > 0 ? servers : getServers().slice(0, systemServers);
    const answers = await Promise.all(asked.map((server) => ask(server, record, value)));
    if (answers.includes('missing')) return 'missing';
    return answers.length === 0 || answers.includes('unknown') ? 'unknown' : 'found';
  };
}

async function ask(server: string, record: string, value: string): Promise<DomainProof> {
  const resolver = new Resolver(patience);
  try {
    resolver.setServers([server]);
    // One text may be sent in several parts.
    const texts = (await resolver.resolveTxt(record)).map((parts) => parts.join(''));
    return texts.includes(value) ? 'found' : 'missing';
  } catch (error) {
    return absent.has(String((error as NodeJS.ErrnoException).code)) ? 'missing' : 'unknown'; // node:dns rejects with these
  }
}
