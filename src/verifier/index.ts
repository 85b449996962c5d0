/** The public exports of `express-gatehouse/verifier`, for a service that knows only the public keys of Gatehouse. */
import '../gate/authenticator.ts'; // declares `access` on the Request type of Express
export { createVerifier } from './verifier.ts';
export type { ProtectOptions, Verifier, VerifierOptions } from './verifier.ts';
export { assertAllowed, assertPolicies, assertPermission, checkPolicies, requirePermission } from '../host/guards/permission.guard.ts';
export type { PolicyDemand } from '../host/guards/permission.guard.ts';
export { assertRecentLogin, requireRecentLogin } from '../host/guards/recent-login.guard.ts';
export { assertRoles, requireRoles } from '../host/guards/role.guard.ts';
export type { RoleDemand, RoleOptions } from '../host/guards/role.guard.ts';
export { accessOf } from '../host/access-of.ts';
export { publicRoute } from '../host/guards/public-route.ts';
export { AppError } from '../errors/errors.ts';
export { errorTable } from '../errors/table.ts';
export type { Problem } from '../errors/errors.ts';
export type { ErrorCode } from '../errors/table.ts';
export type { Access } from '../engine/access.ts';
export type { LoginLevel, LoginProof, RecentLogin } from '../engine/recent-login.ts';
export type { Caller } from '../engine/caller.ts';
export type { Decision } from '../engine/decide.ts';
export type { Explanation } from '../engine/explanation.ts';
export type { Filter } from '../engine/scope.types.ts';
export type { BsonClasses } from '../engine/resources/text-order.ts';
