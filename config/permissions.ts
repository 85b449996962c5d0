import type { PermissionDeclaration } from '../src/features/policies/policies.types.ts';

/**
 * The permissions that roles may have, besides `manage:*`, which only the superadmin has.
 *
 * Each is `{ permission: 'read:items', description: '...' }`. Gatehouse itself needs none. A host app adds its own with
 * `createGatehouse({ permissions })`.
 */
export const permissions: readonly PermissionDeclaration[] = [];
