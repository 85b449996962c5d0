/** One line of Prometheus's text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadMetrics {
  /** The type of each metric, by its name. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The value of the one line with this name and these labels; undefined if there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
  /** Values of all lines of a name, by the value of one of their labels. */
  by(name: string, label: string): Record<string, number>;
}

const labelForm = /([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/y;

/** Reads Prometheus's text format (version 0.0.4), by no library that also wrote it; throws for a line that has no such form. */
export function readMetrics(text: string): ReadMetrics {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('# HELP '))) {
    const [, typed, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      types.set(typed, type);
      continue;
    }
    const [, name = '', labels = '', value = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (!types.has(name) && types.get(
      name.replace(/_(?:bucket|sum|count)$/, ''),
    ) !== 'histogram') throw new Error(`This line belongs to no metric: ${line}`);
    samples.push({ name, labels: readLabels(labels), value: value === '+Inf' ? Infinity : Number(value) });
  }
  const fits = (sample: Sample, labels: Readonly<Record<string, string>>) => Object.entries(labels).every(
    ([label, wanted]) => sample.labels[label] === wanted,
  );
  return {
    types, samples,
    value(name, labels = {}) {
      const found = samples.filter((sample) => sample.name === name && fits(sample, labels));
      if (found.length > 1) throw new Error(`${found.length} lines of ${name} have ${JSON.stringify(labels)}.`);
      return found[0]?.value;
    },
    by: (name, label) => Object.fromEntries(
      samples.filter((sample) => sample.name === name).map(({ labels, value }) => [labels[label] ?? '', value]),
    ),
  };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelForm.lastIndex = 0;
  while (labelForm.lastIndex < text.length) {
    const [, label = '', value = ''] = labelForm.exec(text) ?? [];
    if (label === '') throw new Error(`These are no labels: ${text}`);
    labels[label] = value;
  }
  return labels;
}
