import type { Server } from 'node:http';
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { InitReport } from '../config/init.ts';
import type { UrlDeclaration } from './engine/urls/registered-url.ts';
import type { OnEvent } from './features/events/event.types.ts';
import type { AccessFor, RolesFromCode, UsersFromCode } from './features/from-code/from-code.types.ts';
import type { PermissionDeclaration } from './features/policies/policies.types.ts';
import type { RoleDeclaration } from './features/roles/role.types.ts';
import type { GatehouseKeys } from './features/signing-keys/signing-key.rotation.ts';
import type { CheckProviders } from './features/sso/trials/check-providers.ts';
import type { MoveOutcome } from './features/tenants/moves/tenant.move.ts';
import type { CompareAddresses } from './features/users/email/email-keys.ts';
import type { HostUsers } from './features/users/host-users.service.ts';
import type { UpgradeHandlers } from './gate/upgrade-gate.ts';
import type { Finding } from './http/census/census.types.ts';
import type { Peers } from './platform/changes/peers.ts';
import type { Connection } from './platform/database/connection.ts';
import type { Isolation } from './platform/database/tenancy/tenant-locations.ts';
import type { HostMail } from './platform/mail/host.transport.ts';
import type { MailTexts } from './platform/mail/write-mail.ts';
import type { PasswordPool } from './platform/passwords/password.pool.ts';
import type { Settings } from './settings/load-settings.ts';

/** What a host hands in. Only `connection` and `settings` are required. */
export interface GatehouseDeps {
  /** The connection from `connect()`, or an open mongoose connection of the host. */
  readonly connection: Connection;
  /** The beginning of all collection names. With different prefixes, several Gatehouses and other applications share a database. */
  readonly prefix?: string;
  readonly settings: Settings;
  /** The URLs of the host. They are registered together with those of Gatehouse. */
  readonly urls?: UrlDeclaration;
  /** The built-in roles of the host. A role with the type of a role of Gatehouse adds its rights to that role. */
  readonly roles?: readonly RoleDeclaration[];
  /** The permissions of the host, in addition to those of config/permissions.ts. */
  readonly permissions?: readonly PermissionDeclaration[];
  /**
   * The attributes of users that mappings of identity providers may set, and that conditions read as `subject.attributes.NAME`, in addition
   * to those of config/attributes.ts.
   */
  readonly attributes?: readonly string[];
  /** The names of handlers that may run before the authenticator. */
  readonly beforeGate?: readonly string[];
  /** The names of handlers after the authenticator that prepare requests and never answer them. */
  readonly afterGate?: readonly string[];
  /** A service of the host that checks passwords of users whom Gatehouse does not know. */
  readonly users?: HostUsers;
  /** Sends the mails, in place of the server of `SMTP_URL`. */
  readonly mail?: HostMail;
  /**
   * Whether `errorHandler` answers errors that Mongoose throws for values of a request: a CastError with 404 `document-not-found`, and
   * a ValidationError with 422 `invalid-input`, which names the fields. By default, both are answered 500.
   */
  readonly answerMongooseErrors?: boolean;
  /** Writes the texts of mails, in place of the files of `MAIL_TEMPLATES` and the built-in texts. */
  readonly mailTexts?: MailTexts;
  /** The other processes of this machine that serve the same Gatehouse. A change is acknowledged when it counts in all of them. */
  readonly peers?: Peers;
  /**
   * The threads that hash passwords. By default a Gatehouse creates its own. Gatehouses of one process that share a pool do not compete
   * for the cores. The code that creates a pool must close it.
   */
  readonly passwordPool?: PasswordPool;
  readonly logger?: Logger;
  /** ms since 1970. */
  readonly clock?: () => number;
}

/** A Gatehouse in a host app. Mount `authenticator`, `routes()` and `errorHandler`, then call `init`. */
export interface Gatehouse {
  /** The gate. Mount it first, with `app.use(gatehouse.authenticator)`. */
  readonly authenticator: RequestHandler;
  /** Creates the router of the URLs of Gatehouse. Mount it at the root, after the authenticator. */
  routes(): Router;
  /** Answers errors of the host's handlers as problems (RFC 9457). Mount it last. */
  readonly errorHandler: ErrorRequestHandler;
  /** Compares the routes of the app with the registered URLs. An empty list means that they agree. */
  census(app: Express): Finding[];
  /** Creates or updates the declared roles, rights and the superadmin. A dry run only reports what would change. */
  seed(app: Express, options?: { readonly dryRun?: boolean }): Promise<InitReport>;
  /**
   * Takes the census, seeds, and opens the gate. Until then every request is answered 503.
   *
   * Throws an Error that names every finding if the app serves a route that the gate would not decide about.
   */
  init(app: Express): Promise<InitReport>;
  /** Creates a new one-time token for the set-up of the first superadmin. Returns null if a superadmin can log in already. */
  renewSetUpToken(): Promise<string | null>;
  /** The users, for the code of the host. Each call names the user or the client that makes it, and is decided as over HTTP. */
  readonly users: UsersFromCode;
  /** The roles, in the same way. */
  readonly roles: RolesFromCode;
  /** Reads what a user may do, for code without a request. The answer is a snapshot. */
  readonly accessFor: AccessFor;
  /** Adds a listener of committed changes, such as `user.create`. With a `name`, it misses none of them. */
  readonly on: OnEvent;
  /** The keys that sign access tokens. */
  readonly keys: GatehouseKeys;
  /**
   * Returns the metrics of this instance, in the text format of Prometheus.
   *
   * Without METRICS_PORT and METRICS_TOKEN, durations and the lag of the event loop are measured from the first call on.
   */
  metrics(): Promise<string>;
  /**
   * Moves a suspended tenant into a database of its own, or back into the shared database. After an interruption, call it again.
   *
   * `report` gets a line about each step.
   */
  moveTenant(name: string, to: Isolation, report?: (line: string) => void): Promise<MoveOutcome>;
  /** Finds accounts with the same e-mail address in different spellings. With `renew`, stores the compared form of all others again. */
  readonly compareAddresses: CompareAddresses;
  /** Checks every active identity provider of every active tenant without a login: secrets, address, discovery, keys. */
  readonly checkProviders: CheckProviders;
  /** Puts the gate before the upgrade requests of a server. Each reaches the handler of its registered URL; without one it is refused. */
  guardUpgrades(server: Server, handlers?: UpgradeHandlers): void;
  /** From now on `/readyz` answers 503 and every answer closes its connection, so that load balancers use other nodes. */
  drain(): void;
  /** Sends the mails that were begun, writes pending audit records and ends its own threads. The connection stays open. */
  close(): Promise<void>;
}
