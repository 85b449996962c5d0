import { createKnownPermissions } from '../../../src/features/policies/declared-permissions.ts';

const declared = (...permissions: string[]) => createKnownPermissions(
  permissions.map((permission) => ({ permission, description: permission })),
);

describe('createKnownPermissions', () => {
  it('permissions that are declared, are known, and others named', () => {
    expect(declared('read:items', 'read:*', 'manage:items').faultsOf(['read:items', 'create:items'], 'body.permissions'))
      .toEqual([{ field: 'body.permissions[1]', message: 'create:items is not declared' }]);
  });

  it.each([['read'], ['read:'], [':items'], ['read:/items'], ['read:a b'], ['read:items', 'read:items']])('%s %s, is refused', (
    ...permissions
  ) => {
    expect(() => declared(...permissions)).toThrow(/is not action:resource|is declared twice/);
  });

  it('manage:*, which says in a token who is a superadmin, is refused', () => {
    expect(() => declared('manage:*')).toThrow('belongs to the superadmin alone');
  });
});
