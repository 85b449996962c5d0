/** Metrics of which the largest value of all processes counts. Values of other metrics are added. */
const ofTheLatest = /^gatehouse_(?:feed|event_loop)_/;

/**
 * Adds up the metrics of the processes of one machine. Each text has the format of `Metrics.read`.
 *
 * The processes listen on one port, so a scraper cannot distinguish them. If each process answered only its own counts, they would
 * seem to restart again and again.
 */
export function addUp(texts: readonly string[]): string {
  const metrics = new Map<string, { readonly head: string[]; readonly lines: Map<string, number> }>();
  for (const text of texts) {
    for (const block of text.split('\n\n')) {
      const [help = '', type = '', ...lines] = block.trimEnd().split('\n');
      const name = type.split(' ')[2] ?? '';
      const metric = metrics.get(name) ?? { head: [help, type], lines: new Map<string, number>() };
      metrics.set(name, metric);
      for (const line of lines) {
        // Labels may contain spaces, values do not.
        const end = line.lastIndexOf(' ');
        const value = toNumber(line.slice(end + 1));
        const known = metric.lines.get(line.slice(0, end));
        metric.lines.set(line.slice(0, end), known === undefined ? value : ofTheLatest.test(name) ? Math.max(known, value) : known + value);
      }
    }
  }
  return [...metrics.values()].map(
    ({ head, lines }) => `${[...head, ...[...lines].map(([line, value]) => `${line} ${toText(value)}`)].join('\n')}\n`,
  ).join('\n');
}

function toNumber(text: string): number {
  return text === '+Inf' ? Infinity : Number(text);
}

function toText(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}
