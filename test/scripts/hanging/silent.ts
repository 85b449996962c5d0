// A process that never serves.
setInterval(() => undefined, 60_000);
