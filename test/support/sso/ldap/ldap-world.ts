import { closeLater } from '../../../../scripts/test-run/closing.ts';
import type { DirectoryDeps } from '../../../../src/features/sso/ldap/directory/directory.ts';
import { createLdapConnections } from '../../../../src/features/sso/ldap/ldap-connections.ts';
import type { ldapChecks } from '../../../../src/features/sso/ldap/ldap-checks.ts';
import { judgeLdapLogin } from '../../../../src/features/sso/ldap/ldap-login.ts';
import type { LdapVerdict } from '../../../../src/features/sso/ldap/ldap-login.ts';
import type { LdapConfiguration, LdapProvider } from '../../../../src/features/sso/ldap/ldap.types.ts';
import { createAddressGuard } from '../../../../src/platform/outbound/guarded-address.ts';
import type { AddressGuardDeps } from '../../../../src/platform/outbound/guarded-address.ts';

export interface LdapWorldOptions {
  readonly configuration: LdapConfiguration;
  readonly bindPassword?: string;
  readonly networks?: AddressGuardDeps['networks'];
  readonly resolve?: AddressGuardDeps['resolve'];
  readonly deps?: Partial<DirectoryDeps>;
  readonly provisioning?: LdapProvider['provisioning'];
}

const loopback = [{ purpose: 'sign-on', network: '127.0.0.0/8' }] as const;

/** Logins at one directory, outside production. Every name is at 127.0.0.1, which is a listed network. */
export function createLdapWorld({
  configuration, bindPassword = 'of the service', networks = loopback, deps, provisioning = {},
  resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
}: LdapWorldOptions) {
  const guard = createAddressGuard({ purpose: 'sign-on', networks, resolve });
  const connections = createLdapConnections({ guard, production: false, clock: () => Date.now(), ...deps });
  closeLater(() => { connections.close(); });
  const provider: LdapProvider = { _id: `acme.${'a'.repeat(24)}`, revision: 1, provisioning, configuration, secrets: { bindPassword } };
  return {
    provider, connections,
    logIn: (username: string, password: string, checks?: typeof ldapChecks): Promise<LdapVerdict> => judgeLdapLogin({
      provider, directory: connections.of(provider), username, password, attributes: ['mail', 'givenName', 'sn', 'userPassword'],
    }, checks),
  };
}

/** The name of the step that refused a login, or "in". */
export function outcomeOf(verdict: LdapVerdict): string {
  return verdict.ok ? 'in' : verdict.steps.at(-1)?.step ?? 'nothing';
}

/** What the last step received. */
export function receivedBy(verdict: LdapVerdict): string | undefined {
  return verdict.steps.at(-1)?.received;
}
