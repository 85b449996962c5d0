import { createMetricsCollector } from '../../../src/process/workers/collect-metrics.ts';

const textOf = (count: number) => `# HELP gatehouse_x_total Things.\n# TYPE gatehouse_x_total counter\ngatehouse_x_total{a="b"} ${count}\n`;

describe('metrics of workers', () => {
  it('of all members that answer, are added up', async () => {
    const collector = createMetricsCollector<string>((member, id) => collector.measured(member, id, textOf(member === 'one' ? 1 : 2)));
    const read = collector.read(['one', 'two']);
    expect(await read).toContain('gatehouse_x_total{a="b"} 3');
  });

  it('of a silent member, are left out after a while, and a later answer is ignored', async () => {
    const asked: number[] = [];
    const collector = createMetricsCollector<string>((member, id) => {
      if (member === 'one') collector.measured(member, id, textOf(1));
      else asked.push(id);
    }, 20);
    expect(await collector.read(['one', 'silent'])).toContain('gatehouse_x_total{a="b"} 1');
    collector.measured('silent', asked[0] ?? 0, textOf(5));
    expect(await collector.read(['one'])).toContain('gatehouse_x_total{a="b"} 1');
  });

  it('without members, are empty', async () => {
    expect(await createMetricsCollector<string>(() => undefined).read([])).toBe('');
  });
});
