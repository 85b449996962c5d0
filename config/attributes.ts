/**
 * The attributes of users that identity providers may set, as `attributes.NAME` of a mapping.
 *
 * Conditions of policies read them as `subject.attributes.NAME`. Gatehouse itself needs none. A host app adds its own with
 * `createGatehouse({ attributes })`.
 */
export const attributes: readonly string[] = [];
