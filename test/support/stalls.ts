/** Tells how long this process did not get to run, so that a machine that stood still is not taken for a slow server. */
export interface Stalls {
  /** Standstills of over 50 ms within a span of performance.now(), together, in ms. */
  between(began: number, ended: number): number;
}

const tick = 20;
const noticed = 50;

/** Watches from now on, by a timer that should fire each 20 ms; what keeps another process busy does not delay it. */
export function watchStalls(): Stalls {
  const stalls: { readonly from: number; readonly to: number }[] = [];
  let last = performance.now();
  const note = (): void => {
    const now = performance.now();
    if (now - last - tick > noticed) stalls.push({ from: last + tick, to: now });
    last = now;
  };
  setInterval(note, tick).unref();
  return {
    between(began, ended) {
      note();
      return stalls.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, ended) - Math.max(from, began)), 0);
    },
  };
}
