import { join } from 'node:path';

/** Features that no test of sign-on needs. Without them Keycloak is built and started faster, and has less open. */
const unneeded = [
  'account', 'account-api', 'admin', 'admin-fine-grained-authz', 'authorization', 'ciba', 'client-policies', 'client-secret-rotation',
  'device-flow', 'docker', 'dpop', 'impersonation', 'kerberos', 'openapi', 'organization', 'par', 'passkeys', 'recovery-codes',
  'step-up-authentication-saml', 'token-exchange-standard', 'update-email', 'user-event-metrics', 'web-authn', 'workflows',
];

/** The client of the master realm that may do everything. Keycloak listens on 127.0.0.1 alone, and its data is thrown away. */
export const adminClient = { id: 'tests', secret: 'the-secret-of-the-tests' } as const;

/** What `kc.sh build` is called with. */
export const buildArguments: readonly string[] = ['build', '--db=dev-file', `--features-disabled=${unneeded.join(',')}`];

/** Starts a built Keycloak on a free port of 127.0.0.1, with the data of a folder. Its log says which port. */
export function startArguments(dataFolder: string): string[] {
  return [
    'start', '--optimized', '--cache=local', '--http-enabled=true', '--http-host=127.0.0.1', '--http-port=0', '--hostname-strict=false',
    `--db-url=jdbc:h2:file:${join(dataFolder, 'keycloak')};NON_KEYWORDS=VALUE`, '--db-pool-max-size=10', '--http-pool-max-threads=8',
  ];
}

/**
 * The command line of Keycloak, as its `kc.sh` makes it, but with one process and with options for a small machine and a short life:
 * little memory, the simple collector of garbage and the fast compiler.
 */
export function keycloakCommand(java: string, home: string, args: readonly string[]): string[] {
  const opened = ['util', 'util.concurrent', 'security', 'lang'].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`);
  return [
    java, '-Xms64m', '-Xmx512m', '-XX:MaxMetaspaceSize=256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError',
    '-Dfile.encoding=UTF-8', '-Djava.security.egd=file:/dev/urandom', '-Duser.language=en', '-Duser.country=US', ...opened,
    '-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
    '-Djava.util.logging.manager=org.jboss.logmanager.LogManager', '-Dpicocli.disable.closures=true',
    `-Dkc.home.dir=${home}`, `-Djboss.server.config.dir=${join(home, 'conf')}`,
    '-cp', join(home, 'lib', 'quarkus-run.jar'), 'io.quarkus.bootstrap.runner.QuarkusEntryPoint', ...args,
  ];
}
