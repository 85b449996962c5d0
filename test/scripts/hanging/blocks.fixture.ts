describe('a file that blocks', () => {
  it('computes without end', () => {
    for (;;) Math.sqrt(2);
  }, 200);
});
