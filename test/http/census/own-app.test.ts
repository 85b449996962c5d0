import express from 'express';
import type { Express } from 'express';
import { isOfApp } from '../../../src/http/census/own-app.ts';

describe('isOfApp', () => {
  it('the app itself, or one that is mounted in it, however deep, is; another one, or one around it, is not', () => {
    const [
      own, inner, innermost, other, outer,
    ] = Array.from({ length: 5 }, () => express()) as [Express, Express, Express, Express, Express]; // as many as asked for
    outer.use(own.use('/in', inner.use(innermost)));
    expect([own, inner, innermost, other, outer].map((app) => isOfApp({ app }, own))).toEqual([true, true, true, false, false]);
  });
});
