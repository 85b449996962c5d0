import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Names that a file exports in lists, types included. */
function exportsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const lists = source.statements.flatMap((compiled) => (
    ts.isExportDeclaration(compiled) && compiled.exportClause
      && ts.isNamedExports(compiled.exportClause) ? [...compiled.exportClause.elements] : []));
  return lists.map(({ name }) => name.text).sort();
}

/** Statements that export anything in another way than by a list of names. */
function otherExportsOf(file: string): number {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.filter((compiled) => !ts.isImportDeclaration(compiled) && !(
    ts.isExportDeclaration(compiled) && compiled.exportClause && ts.isNamedExports(compiled.exportClause))).length;
}

const shared = [
  'Access', 'AppError', 'BsonClasses', 'Caller', 'Decision', 'ErrorCode', 'Explanation', 'Filter', 'LoginLevel', 'LoginProof',
  'PolicyDemand', 'Problem', 'RecentLogin', 'RoleDemand', 'RoleOptions', 'accessOf', 'assertAllowed', 'assertRecentLogin',
  'requireRecentLogin',
  'assertPermission', 'assertPolicies', 'assertRoles', 'checkPolicies', 'errorTable', 'publicRoute', 'requirePermission', 'requireRoles',
];
const ofLibrary = [
  'AccessFor', 'AccessSnapshot', 'AccessibleAggregate', 'ActorRef', 'AssignedRole', 'CallOptions', 'ListAnswer', 'ListPage',
  'RoleFields', 'RoleView', 'RolesFromCode', 'UserView', 'UsersFromCode', 'AccessibleBy', 'AccessibleByOptions', 'AccessibleModel',
  'ChangeNotice', 'Condition', 'ConnectSettings', 'Finding', 'Gatehouse', 'GatehouseDeps', 'GatehouseKeys', 'GatehouseServer',
  'ServerOptions', 'ServerTimes', 'StopTimes', 'HostMail', 'HostUser', 'HostUsers', 'KeyStatus', 'LoadOptions', 'MailDetails', 'MailText',
  'MailTexts', 'OutgoingMail', 'PasswordPool', 'PasswordPoolOptions', 'Peers', 'PermissionDeclaration', 'Policy', 'RightInput',
  'RoleDeclaration', 'Settings', 'SettingsError', 'UpgradeHandler', 'UpgradeHandlers', 'UrlDeclaration', 'UrlName', 'UrlsByRoot',
  'accessibleBy', 'connect', 'createGatehouse', 'createPasswordPool', 'createServer', 'loadSettings', 'EventListener', 'EventName',
  'GatehouseEvent', 'ListenerOptions',
];
const ofVerifier = ['ProtectOptions', 'Verifier', 'VerifierOptions', 'createVerifier'];

describe('the names that applications import', () => {
  it.each([
    ['express-gatehouse', 'src/index.ts', [...shared, ...ofLibrary]],
    ['express-gatehouse/verifier', 'src/verifier/index.ts', [...shared, ...ofVerifier]],
  ])('of %s, are the published ones and no others', (_entry, file, names) => {
    expect(exportsOf(file)).toEqual([...names].sort());
    expect(otherExportsOf(file)).toBe(0);
  });
});
