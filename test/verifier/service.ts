import express from 'express';
import type { Express } from 'express';
import { createVerifier } from '../../src/verifier/verifier.ts';
import type { ProtectOptions, Verifier, VerifierOptions } from '../../src/verifier/verifier.ts';
import { serve } from '../http/route/serve.ts';
import type { Answer, TestServer } from '../http/route/serve.ts';

export interface Service extends TestServer {
  readonly verifier: Verifier;
  readonly app: Express;
  /** Sends a request with a token, or none. */
  ask(target: string, token?: string): Promise<Answer>;
}

export interface ServiceOptions extends VerifierOptions, ProtectOptions {
  readonly routes: (app: Express) => void;
  /** Ahead of the authenticator. */
  readonly ahead?: (app: Express) => void;
  readonly isProtected?: boolean;
}

/** A service of somebody's own that uses the verifier and nothing else of Gatehouse. */
export async function startService({ routes, ahead, isProtected = true, neverAnswer = [], ...options }: ServiceOptions): Promise<Service> {
  const verifier = createVerifier(options);
  const app = express();
  ahead?.(app);
  app.use(verifier.authenticator);
  routes(app);
  app.use(verifier.errorHandler);
  if (isProtected) verifier.protect(app, { neverAnswer });
  const server = await serve(app);
  return {
    ...server, verifier, app,
    ask(target, token) {
      const [method = '', path = ''] = target.split(' ');
      return server.call(method, path, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });
    },
  };
}
