/** The public surface of `gatehouse/verifier`: for a service that knows the public keys and nothing else of Gatehouse. */
import '../authenticator/authenticator.ts'; // its declarations give Express's Request the `access` that handlers read
export { createVerifier } from './verifier.ts';
export type { ProtectOptions, Verifier, VerifierOptions } from './verifier.ts';
export { assertPolicies, assertPermission, checkPolicies, requirePermission } from '../guards/permission.guard.ts';
export type { PolicyDemand } from '../guards/permission.guard.ts';
export { assertRoles, requireRoles } from '../guards/role.guard.ts';
export type { RoleDemand, RoleOptions } from '../guards/role.guard.ts';
export { publicRoute } from '../guards/public-route.ts';
export { AppError, errorTable } from '../errors.ts';
export type { ErrorCode, Problem } from '../errors.ts';
export type { Access } from '../access/access.ts';
export type { Caller } from '../access/caller.ts';
export type { Decision } from '../access/decide.ts';
export type { Explanation } from '../access/explain.ts';
export type { Filter } from '../access/scope.ts';
export type { BsonClasses } from '../access/text-order.ts';
