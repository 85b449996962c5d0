// A worker of a run that has ended ends with it, whatever a failed test left open; else it would hold the run's output open.
process.once('disconnect', () => process.exit());
