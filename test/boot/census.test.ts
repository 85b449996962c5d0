import express from 'express';
import type { RequestHandler } from 'express';
import { createCensus } from '../../src/boot/census.ts';
import type { CensusDeps } from '../../src/boot/census.ts';
import { listUrls } from '../../src/engine/urls/registered-url.ts';
import type { UrlRegistry } from '../../src/engine/urls/url-registry.ts';
import { idField } from '../../src/http/input/fields.ts';
import { defineRoute } from '../../src/http/route/define-route.ts';
import { mountRoutes } from '../../src/http/route/mount-routes.ts';

const route = { summary: 'Answers.', errors: [], handler: () => undefined } as const;

describe('the census', () => {
  it('a route with noHead, is registered as one that refuses HEAD, and no other is', () => {
    const routes = [
      defineRoute({ ...route, method: 'GET', url: '/once/:id', noHead: true, input: { params: { id: idField } } }),
      defineRoute({ ...route, method: 'POST', url: '/once/:id', input: { params: { id: idField } } }),
      defineRoute({ ...route, method: 'GET', url: '/often' }),
    ];
    const gate: RequestHandler = (_request, _response, next) => next();
    const app = express().use(gate).use(mountRoutes(routes, { takePass: () => null }));
    let learned: UrlRegistry | undefined;
    const deps: CensusDeps = {
      routes, authenticator: gate, urls: listUrls([{ simple: { '/': ['once/:id', 'often'] } }]), roles: [], beforeGate: [], afterGate: [],
      state: { learn: (_app, registry) => { learned = registry; } },
    };
    createCensus(deps).learn(app);
    expect(learned?.lookUp('HEAD', '/Once/7/')).toEqual({ kind: 'other-methods', allow: ['GET', 'POST'], refusesHead: true });
    expect([learned?.lookUp('GET', '/once/7').kind, learned?.lookUp('HEAD', '/often').kind]).toEqual(['found', 'found']);
  });
});
