import type { Server } from 'node:http';
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { InitReport } from '../config/init.ts';
import type { UrlDeclaration } from './engine/urls/registered-url.ts';
import type { PermissionDeclaration } from './features/policies/policies.types.ts';
import type { RoleDeclaration } from './features/roles/role.types.ts';
import type { GatehouseKeys } from './features/signing-keys/signing-key.rotation.ts';
import type { MoveOutcome } from './features/tenants/moves/tenant.move.ts';
import type { CompareAddresses } from './features/users/email/email-keys.ts';
import type { HostUsers } from './features/users/host-users.service.ts';
import type { UpgradeHandlers } from './gate/upgrade-gate.ts';
import type { Finding } from './http/census/census.ts';
import type { Peers } from './platform/changes/peers.ts';
import type { Connection } from './platform/database/connection.ts';
import type { Isolation } from './platform/database/tenancy/tenant-locations.ts';
import type { HostMail } from './platform/mail/host.transport.ts';
import type { PasswordPool } from './platform/passwords/password.pool.ts';
import type { Settings } from './settings/load-settings.ts';

export interface GatehouseDeps {
  /** From `connect()`, or an open mongoose connection of the host's own. */
  readonly connection: Connection;
  /** Begins the names of the collections, so that other things, such as another Gatehouse, may live in the same database. */
  readonly prefix?: string;
  readonly settings: Settings;
  /** URLs of the host, registered beside Gatehouse's own. */
  readonly urls?: UrlDeclaration;
  /** Built-in roles of the host; one of the same type as Gatehouse's adds its rights to it. */
  readonly roles?: readonly RoleDeclaration[];
  /** Permissions of the host, declared beside those of config/permissions.ts. */
  readonly permissions?: readonly PermissionDeclaration[];
  /** Names of handlers that may run ahead of the authenticator. */
  readonly beforeGate?: readonly string[];
  /** Names of handlers behind the authenticator that prepare requests and never answer them. */
  readonly afterGate?: readonly string[];
  /** The host's own service that knows users and passwords, beside Gatehouse's. */
  readonly users?: HostUsers;
  /** What sends the mails, in place of `SMTP_URL`. */
  readonly mail?: HostMail;
  /** The other processes of this machine that serve the same, if there are any: a change is acknowledged only when it counts in all of them. */
  readonly peers?: Peers;
  /** Where passwords are hashed, in place of threads of its own: Gatehouses of one process that share it do not contend for its cores. Whoever made it closes it. */
  readonly passwordPool?: PasswordPool;
  readonly logger?: Logger;
  /** ms since 1970. */
  readonly clock?: () => number;
}

export interface Gatehouse {
  /** The gate: mount it first, with `app.use(gatehouse.authenticator)`. */
  readonly authenticator: RequestHandler;
  /** Gatehouse's own URLs: mount them at the root, behind the authenticator. */
  routes(): Router;
  /** What turns errors of the host's handlers into problems; mount it last. */
  readonly errorHandler: ErrorRequestHandler;
  /** Compares what the app serves with what is registered; an empty list means that they agree. */
  census(app: Express): Finding[];
  /** Brings roles, rights and the superadmin up to what is declared; a dry run only tells what would change. */
  seed(app: Express, options?: { readonly dryRun?: boolean }): Promise<InitReport>;
  /**
   * Takes the census, seeds, and opens the gate; until then every request is answered 503.
   *
   * Throws an Error that names every finding if the app serves anything that the gate would not decide about.
   */
  init(app: Express): Promise<InitReport>;
  /** A new one-time token to set up the first superadmin with; null once there is one who can log in. */
  renewSetUpToken(): Promise<string | null>;
  /** The keys that sign access tokens. */
  readonly keys: GatehouseKeys;
  /**
   * What this instance counts and measures, in Prometheus's text format.
   *
   * Unless METRICS_PORT or METRICS_TOKEN is set, durations and the lag of the event loop are measured from the first call on.
   */
  metrics(): Promise<string>;
  /** Moves a suspended tenant into a database of its own, or back among the others; may be interrupted and asked for again. `report` is told how it goes. */
  moveTenant(name: string, to: Isolation, report?: (line: string) => void): Promise<MoveOutcome>;
  /** Finds accounts whose e-mail addresses are one, though they were stored as two; with `renew`, brings all others into the form in which they are compared. */
  readonly compareAddresses: CompareAddresses;
  /** Puts the gate before upgrade requests of a server: each reaches the handler of its registered URL, and where there is none it is refused. */
  guardUpgrades(server: Server, handlers?: UpgradeHandlers): void;
  /** From now on `/readyz` answers 503 and every answer closes its connection, so that new requests go elsewhere before the server stops. */
  drain(): void;
  /** Sends the mail in hand, writes what is pending and ends its own password threads; the connection stays open, for whoever made it to close. */
  close(): Promise<void>;
}
