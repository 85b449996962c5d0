/** Creates a log of equal events. It logs the first event at once, then the number of new ones every 10 s at most. */
export function createThrottledLog(note: (count: number) => void, pause = 10_000): () => void {
  let count = 0;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    if (count === 0) return;
    note(count);
    count = 0;
    timer = setTimeout(flush, pause).unref();
  }

  return () => {
    count += 1;
    if (!timer) flush();
  };
}
