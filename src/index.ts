/** The whole public surface of Gatehouse as a library. */
import './authenticator/authenticator.ts'; // its declarations give Express's Request the `access` that handlers read
export { createGatehouse } from './gatehouse.ts';
export type { Gatehouse, GatehouseDeps } from './gatehouse.ts';
export { connect } from './mongo/connect.ts';
export { loadSettings } from './settings.ts';
export type { Settings, SettingsError } from './settings.ts';
export { AppError, errorTable } from './errors.ts';
export type { ErrorCode, Problem } from './errors.ts';
export { assertPolicies, assertPermission, checkPolicies, requirePermission } from './guards/permission.guard.ts';
export type { PolicyDemand } from './guards/permission.guard.ts';
export { assertRoles, requireRoles } from './guards/role.guard.ts';
export type { RoleDemand, RoleOptions } from './guards/role.guard.ts';
export { publicRoute } from './guards/public-route.ts';
export { accessibleBy } from './mongo/accessible-by.ts';
export type { AccessibleBy, AccessibleByOptions } from './mongo/accessible-by.ts';
export type { Access } from './access/access.ts';
export type { Decision } from './access/decide.ts';
export type { Explanation } from './access/explain.ts';
export type { Filter } from './access/scope.ts';
export type { Caller } from './access/caller.ts';
export type { UrlDeclaration, UrlName, UrlsByRoot } from './access/registered-url.ts';
export type { PermissionDeclaration } from './permissions/known-permissions.ts';
export type { Condition } from './access/condition.ts';
export type { Policy } from './access/policy.ts';
export type { RightInput } from './access/right.ts';
export type { RoleDeclaration } from './roles/role.ladder.ts';
export type { Finding } from './http/census.ts';
export type { UpgradeHandler } from './authenticator/upgrade-guard.ts';
