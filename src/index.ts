/** The whole public surface of Gatehouse as a library. */
import './gate/authenticator.ts'; // its declarations give Express's Request the `access` that handlers read
export { createGatehouse } from './gatehouse.ts';
export type { Gatehouse, GatehouseDeps } from './gatehouse.types.ts';
export { createServer } from './http/server/create-server.ts';
export type { GatehouseServer, ServerOptions, ServerTimes } from './http/server/create-server.ts';
export type { StopTimes } from './http/server/stop-server.ts';
export { connect } from './platform/database/connect.ts';
export type { ConnectSettings } from './platform/database/connect.ts';
export { loadSettings } from './settings/load-settings.ts';
export type { LoadOptions, Settings, SettingsError } from './settings/load-settings.ts';
export { AppError } from './errors/errors.ts';
export { errorTable } from './errors/table.ts';
export type { Problem } from './errors/errors.ts';
export type { ErrorCode } from './errors/table.ts';
export { assertAllowed, assertPolicies, assertPermission, checkPolicies, requirePermission } from './host/guards/permission.guard.ts';
export type { PolicyDemand } from './host/guards/permission.guard.ts';
export { assertRecentLogin, requireRecentLogin } from './host/guards/recent-login.guard.ts';
export { assertRoles, requireRoles } from './host/guards/role.guard.ts';
export type { RoleDemand, RoleOptions } from './host/guards/role.guard.ts';
export { publicRoute } from './host/guards/public-route.ts';
export { accessOf } from './host/access-of.ts';
export { accessibleBy } from './host/accessible-by/accessible-by.ts';
export type { AccessibleAggregate, AccessibleBy, AccessibleByOptions, AccessibleModel } from './host/accessible-by/accessible-by.ts';
export type { Access } from './engine/access.ts';
export type { Decision } from './engine/decide.ts';
export type { Explanation } from './engine/explanation.ts';
export type { Filter } from './engine/scope.types.ts';
export type { BsonClasses } from './engine/resources/text-order.ts';
export type { LoginLevel, LoginProof, RecentLogin } from './engine/recent-login.ts';
export type { Caller } from './engine/caller.ts';
export type { EventListener, EventName, GatehouseEvent, ListenerOptions } from './features/events/event.types.ts';
export type {
  AccessFor, AccessSnapshot, ActorRef, AssignedRole, CallOptions, ListAnswer, ListPage, RoleFields, RolesFromCode, RoleView, UsersFromCode,
  UserView,
} from './features/from-code/from-code.types.ts';
export type { HostUser, HostUsers } from './features/users/host-users.service.ts';
export { createPasswordPool } from './platform/passwords/password.pool.ts';
export type { PasswordPool, PasswordPoolOptions } from './platform/passwords/password.pool.ts';
export type { GatehouseKeys, KeyStatus } from './features/signing-keys/signing-key.rotation.ts';
export type { HostMail } from './platform/mail/host.transport.ts';
export type { MailDetails, MailText } from './platform/mail/mail.texts.ts';
export type { MailTexts } from './platform/mail/write-mail.ts';
export type { OutgoingMail } from './platform/mail/mail.transport.ts';
export type { ChangeNotice, Peers } from './platform/changes/peers.ts';
export type { UrlDeclaration, UrlName, UrlsByRoot } from './engine/urls/registered-url.ts';
export type { PermissionDeclaration } from './features/policies/policies.types.ts';
export type { Condition } from './engine/policies/condition.ts';
export type { Policy } from './engine/policies/policy.ts';
export type { RightInput } from './engine/grants/right.ts';
export type { RoleDeclaration } from './features/roles/role.types.ts';
export type { Finding } from './http/census/census.types.ts';
export type { UpgradeHandler, UpgradeHandlers } from './gate/upgrade-gate.ts';
