/** Creates a note of equal events: the first is noted at once, then at most every 10 s how many came since. */
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
