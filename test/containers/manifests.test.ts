import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { project } from '../../scripts/test-run/project.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import { listSettings } from '../../src/settings/settings.schema.ts';
import { readDockerfile } from './dockerfile.ts';

const read = (path: string) => readFileSync(join(project, path), 'utf8');
const names: readonly string[] = listSettings().map(({ name }) => name);
/** The port on which the image listens. */
const port = Number(/PORT=(\d+)/.exec(readDockerfile(join(project, 'Dockerfile')).find(({ name }) => name === 'ENV')?.text ?? '')?.[1]);
const secret = () => randomBytes(32).toString('base64');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

describe('compose.yaml', () => {
  const { services, volumes } = parse(read('compose.yaml')) as {
    readonly services: Readonly<Record<'database' | 'gatehouse', Service>>; readonly volumes: Readonly<Record<string, null>>;
  }; // what the tests below say of it

  it('Gatehouse, waits for the replica set of the database, and its settings exist and start it', () => {
    const { environment = {}, depends_on: needed, ports } = services.gatehouse;
    expect(Object.keys(environment).filter((name) => !names.includes(name))).toEqual([]);
    const settings = loadSettings({ ...environment, KEY_ENCRYPTION_KEY: secret(), PASSWORD_PEPPER: secret() });
    // In production the log would have no link.
    expect(settings.production).toBe(false);
    const uri = new URL(settings.mongodbUri);
    expect([uri.hostname, needed]).toEqual(['database', { database: { condition: 'service_healthy' } }]);
    expect(services.database.command).toContain(uri.searchParams.get('replicaSet'));
    expect(ports).toEqual([`127.0.0.1:${new URL(settings.publicUrl).port}:${port}`]);
  });

  it('volumes, are declared, and the one of Gatehouse is its local folder', () => {
    const used = Object.values(services).flatMap((service) => service.volumes.map((text) => text.split(':')[0] ?? ''));
    expect(used.sort()).toEqual(Object.keys(volumes).sort());
    expect(services.gatehouse.volumes).toEqual(['gatehouse:/app/.gatehouse']);
  });
});

interface Probe { readonly httpGet: { readonly path: string; readonly port: string } }
interface Container {
  readonly envFrom: readonly Readonly<Record<string, { readonly name: string }>>[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly startupProbe: Probe;
  readonly securityContext: object;
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly stringData: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: {
      readonly terminationGracePeriodSeconds: number; readonly securityContext: object; readonly containers: readonly Container[];
    } };
  };
}

describe('examples/kubernetes', () => {
  const manifests = ['gatehouse.yaml', 'secrets.yaml'].flatMap((file) => (
    parseAllDocuments(read(`examples/kubernetes/${file}`)).map((document) => document.toJS() as Manifest))); // as the tests below say
  const find = (kind: string): Manifest => {
    const found = manifests.find((manifest) => manifest.kind === kind);
    if (!found) throw new Error(`There is no ${kind}.`);
    return found;
  };
  const { replicas, template: { spec: pod } } = find('Deployment').spec;
  const [container] = pod.containers;
  const [config, secrets] = [find('ConfigMap').data, find('Secret').stringData];

  it('settings, exist, are complete for production once the secrets are filled in, and are refused before', () => {
    expect([...Object.keys(config), ...Object.keys(secrets)].filter((name) => !names.includes(name))).toEqual([]);
    const filled = {
      KEY_ENCRYPTION_KEY: secret(), PASSWORD_PEPPER: secret(), MONGODB_URI: 'mongodb://db.example.com/gatehouse', SMTP_URL: 'smtp://mail.example.com',
    };
    expect(Object.keys(secrets).sort()).toEqual(Object.keys(filled).sort());
    const { stopDelay, metrics } = loadSettings({ NODE_ENV: 'production', ...config, ...filled, TRUST_PROXY: '10.1.2.3' });
    expect(() => loadSettings({ NODE_ENV: 'production', ...config, ...secrets })).toThrow('5 settings are missing or wrong');
    expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(stopDelay + 14_000);
    expect(container?.ports).toEqual([{ name: 'http', containerPort: port }, { name: 'metrics', containerPort: metrics.port }]);
    expect(container?.envFrom).toEqual([{ configMapRef: { name: 'gatehouse' } }, { secretRef: { name: 'gatehouse' } }]);
  });

  it('the deployment, has two replicas, the right probes and no root', () => {
    expect(replicas).toBe(2);
    const probes = [container?.livenessProbe, container?.readinessProbe, container?.startupProbe].map((probe) => probe?.httpGet);
    expect(probes).toEqual(['/livez', '/readyz', '/livez'].map((path) => ({ path, port: 'http' })));
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    expect(manifests.map(({ kind, metadata: { name } }) => [kind, name]).every(([, name]) => name === 'gatehouse')).toBe(true);
  });
});
