it('ends its own process', () => {
  process.kill(process.pid, 'SIGKILL');
});
