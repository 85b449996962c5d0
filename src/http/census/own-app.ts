import type { Request } from 'express';

/** Whether a request came through this app, or through one that is mounted in it. */
export function isOfApp({ app }: Pick<Request, 'app'>, own: unknown): boolean {
  let each: unknown = app;
  // Express keeps in `parent` the app that another one is mounted in, which its types leave out.
  while (each !== own && typeof each === 'function') each = (each as { readonly parent?: unknown }).parent;
  return each === own;
}
