import { addUp } from '../../platform/metrics/aggregate.ts';

/** Collects the metrics of the workers of a primary process. */
export interface MetricsCollector<Member> {
  /** The sum of the metrics of all members. Leaves out a member that does not answer in time. */
  read(members: Iterable<Member>): Promise<string>;
  /** Takes the metrics that a member sends in answer to the question with this number. */
  measured(by: Member, id: number, text: string): void;
}

/** How long a worker may take to answer, in ms. */
const usualPatience = 1_000;

/** Creates a collector. `ask` sends a member a question with this number. */
export function createMetricsCollector<Member>(
  ask: (member: Member, id: number) => void, patience = usualPatience,
): MetricsCollector<Member> {
  const waiting = new Map<number, { readonly texts: Map<Member, string>; readonly awaited: number; readonly end: () => void }>();
  let lastId = 0;

  return {
    read(members) {
      const asked = [...members];
      if (asked.length === 0) return Promise.resolve('');
      const id = (lastId += 1);
      const texts = new Map<Member, string>();
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(addUp([...texts.values()]));
        };
        const timer = setTimeout(end, patience);
        waiting.set(id, { texts, awaited: asked.length, end });
        for (const member of asked) ask(member, id);
      });
    },
    measured(by, id, text) {
      const one = waiting.get(id);
      if (!one) return;
      one.texts.set(by, text);
      if (one.texts.size === one.awaited) one.end();
    },
  };
}
