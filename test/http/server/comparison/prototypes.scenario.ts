import express from 'express';
import type { Express, Request } from 'express';
import { requestText } from './scenario.ts';
import type { BuildScenario } from './scenario.ts';

const get = (url: string) => requestText('GET', url);
const isOfApp = (request: Request, app: Express) => Object.getPrototypeOf(request) === app.request;
/** What a host added to the requests of an app. */
const added = (request: Request) => request as Request & Readonly<Record<string, unknown>>;

/** Apps that share requests, or whose prototypes change after the server was created. */
export const prototypeScenarios: Readonly<Record<string, BuildScenario>> = {
  https({ make, tls }) {
    const app = express();
    app.get('/x', (request, response) => void response.json([request.secure, request.protocol]));
    return { server: make(app, tls), isTls: true, requests: [get('/x'), get('/y')] };
  },

  'two servers of one app': ({ make }) => {
    const app = express();
    app.get('/x', (request, response) => void response.json([added(request)['a'], typeof added(request)['b'], isOfApp(request, app)]));
    Object.assign(app.request, { a: 1 });
    const [server, also] = [make(app), make(app)];
    Object.assign(app.request, { b: () => 1 });
    return { server, also, requests: [get('/x'), get('/z')] };
  },

  'two apps': ({ make }) => {
    const [first, second] = [express(), express()];
    Object.assign(first.request, { x: 'first' });
    Object.assign(second.request, { x: 'second' });
    for (const app of [first, second]) {
      app.get('/x', (request, response) => void response.json([added(request)['x'], request.app === first]));
    }
    return { server: make(first), also: make(second), requests: [get('/x')] };
  },

  'an app that another one calls': ({ make }) => {
    const [outer, inner, between] = [express(), express(), express()];
    inner.get('/x', (request, response) => void response.json([request.app === inner]));
    outer.get('/x', (request, response, next) => inner(request, response, next));
    between.get('/y', (request, response) => {
      request.url = '/x';
      inner(request, response);
    });
    outer.use(between);
    return { server: make(outer), requests: ['/x', '/y', '/z'].map(get) };
  },

  'prototypes replaced after the server was created': ({ make }) => {
    const app = express();
    app.get('/x', (request, response) => void response.json([added(request)['n'], isOfApp(request, app)]));
    const server = make(app);
    const own = { value: app, configurable: true, enumerable: true, writable: true };
    app.request = Object.create(express.request, { app: own, n: { value: 5 } }) as Express['request']; // as Express creates it
    return { server, requests: [get('/x')] };
  },

  'an app that is mounted after the server was created': ({ make }) => {
    const [app, top] = [express(), express()];
    app.get('/x', (request, response) => void response.json([typeof added(request)['top'], isOfApp(request, app)]));
    const server = make(app);
    Object.assign(top.request, { top: 1 });
    top.use('/mounted', app);
    return { server, requests: [get('/x')] };
  },

  'a mounted app that sees later additions': ({ make }) => {
    const [app, mounted] = [express(), express()];
    mounted.get('/x', (request, response) => void response.json([added(request)['later']]));
    app.use('/mounted', mounted);
    const server = make(app);
    Object.assign(app.request, { later: 'seen' });
    return { server, requests: [get('/mounted/x')] };
  },
};
