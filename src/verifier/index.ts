/** The public surface of `gatehouse/verifier`: for a service that knows the public keys and nothing else of Gatehouse. */
import '../gate/authenticator.ts'; // its declarations give Express's Request the `access` that handlers read
export { createVerifier } from './verifier.ts';
export type { ProtectOptions, Verifier, VerifierOptions } from './verifier.ts';
export { assertPolicies, assertPermission, checkPolicies, requirePermission } from '../host/guards/permission.guard.ts';
export type { PolicyDemand } from '../host/guards/permission.guard.ts';
export { assertRoles, requireRoles } from '../host/guards/role.guard.ts';
export type { RoleDemand, RoleOptions } from '../host/guards/role.guard.ts';
export { publicRoute } from '../host/guards/public-route.ts';
export { AppError, errorTable } from '../errors/errors.ts';
export type { ErrorCode, Problem } from '../errors/errors.ts';
export type { Access } from '../engine/access.ts';
export type { Caller } from '../engine/caller.ts';
export type { Decision } from '../engine/decide.ts';
export type { Explanation } from '../engine/explain.ts';
export type { Filter } from '../engine/scope.types.ts';
export type { BsonClasses } from '../engine/resources/text-order.ts';
