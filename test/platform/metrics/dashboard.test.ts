import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { createMetrics } from '../../../src/platform/metrics/metrics.ts';
import { between, root } from '../../readme/read-pages.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { readMetrics } from './read-metrics.ts';
import type { ReadMetrics, Sample } from './read-metrics.ts';

interface Panel { readonly title: string; readonly targets: readonly { readonly expr: string }[] }
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

const dashboard = JSON.parse(readFileSync(join(root, 'examples/monitoring/gatehouse-dashboard.json'), 'utf8')) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }): [string, string] => [title, expr]));

/** The labels that a scraper adds, and the label of the buckets. */
const foreign = ['instance', 'job', 'le'];

/** What a query names, by Prometheus's own grammar; throws for one that Prometheus would refuse. */
function readQuery(expr: string): { readonly metrics: string[]; readonly labels: string[] } {
  const text = expr.replaceAll('$__rate_interval', '5m'); // as Grafana does
  const named = { metrics: [] as string[], labels: [] as string[] };
  parser.parse(text).iterate({
    enter({ name, type, from, to }) {
      if (type.isError) throw new Error(`This is no query, from character ${from} on: ${text}`);
      if (name === 'Identifier') named.metrics.push(text.slice(from, to));
      if (name === 'LabelName') named.labels.push(text.slice(from, to));
    },
  });
  return named;
}

describe('the dashboard', () => {
  let server: TestGatehouse;
  let served: ReadMetrics;
  let lines: readonly Sample[];
  beforeAll(async () => {
    server = await startGatehouse();
    await server.gatehouse.metrics();
    const admin = await server.newUser('admin');
    await server.anonymous.get('/profile/me', 401);
    const { body } = await server.superadmin.get('/profile/me', 200);
    await admin.client.post('/admin/disable-user', { userId: body.user.userId }, 403);
    served = readMetrics(await server.gatehouse.metrics());
    // A server that runs alone has a feed that says nothing yet.
    const watched = createMetrics();
    watched.watchFeed(() => ({ mode: 'fresh', lagSeconds: 0 }));
    lines = [...served.samples, ...readMetrics(await watched.read()).samples];
    watched.close();
  });
  /** Names that a query may have: those of lines, of which a histogram has three. */
  const lineNames = () => [...served.types].flatMap(
    ([name, type]) => (type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name]),
  );

  it('as a whole, has queries, and one for each panel at least', () => {
    expect(queries.length).toBeGreaterThanOrEqual(12);
    expect(dashboard.panels.filter(({ targets }) => targets.length === 0)).toEqual([]);
  });

  it.each(queries)('%s, is a query of metrics that a running server has: %s', (_title, expr) => {
    const { metrics } = readQuery(expr);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !lineNames().includes(name))).toEqual([]);
  });

  it.each(queries)('%s, names labels that its metrics have: %s', (_title, expr) => {
    const { metrics, labels } = readQuery(expr);
    const had = new Set([...foreign, ...lines.filter(({ name }) => metrics.includes(name)).flatMap((line) => Object.keys(line.labels))]);
    expect(labels.filter((label) => !had.has(label))).toEqual([]);
  });

  it('its variable, asks for a metric that a running server has', () => {
    const [, metric] = /^label_values\((\w+), instance\)$/.exec(
      dashboard.templating.list.find(({ name }) => name === 'instance')?.query ?? '',
    ) ?? [];
    expect(lineNames()).toContain(metric);
  });

  it('the page about monitoring, as written, explains every metric that a running server has, and no other', () => {
    const written = [...between('metrics').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(written.sort()).toEqual([...served.types.keys()].sort());
  });

  it('a malformed query, or one of an unknown metric, would be found', () => {
    expect(() => readQuery('sum by (')).toThrow('no query');
    expect(() => readQuery('rate(gatehouse_decisions_total[5m]')).toThrow('no query');
    expect(readQuery('sum by (x) (rate(gatehouse_none_total{y="1"}[$__rate_interval])) / up'))
      .toEqual({ metrics: ['gatehouse_none_total', 'up'], labels: ['x', 'y'] });
  });
});
