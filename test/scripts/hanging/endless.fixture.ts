it('has more time than the run', () => new Promise(() => undefined), 600_000);
