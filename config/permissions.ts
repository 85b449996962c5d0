import type { PermissionDeclaration } from '../src/features/policies/policies.types.ts';

/**
 * The permissions that roles may be given, besides `manage:*`, which is the superadmin's.
 *
 * Each is `{ permission: 'read:items', description: '...' }`. Gatehouse needs none itself; a host app adds its own with
 * `createGatehouse({ permissions })`.
 */
export const permissions: readonly PermissionDeclaration[] = [];
