import type { Request } from 'express';

/** Whether a request came through this app, or through one that is mounted in it. */
export function isOfApp({ app }: Pick<Request, 'app'>, own: unknown): boolean {
  let each: unknown = app;
  // For a mounted app, `parent` is the app in which it is mounted. The types of Express leave this out.
  while (each !== own && typeof each === 'function') each = (each as { readonly parent?: unknown }).parent;
  return each === own;
}
