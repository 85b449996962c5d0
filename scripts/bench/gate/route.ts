import type { RequestHandler } from 'express';

/** The route that all contestants serve. */
export const url = '/items/load';

/** Its answer: a page of a list, some 2 kB. */
export const payload = {
  items: Array.from({ length: 20 }, (_, index) => (
    { itemId: `item-${index}`, name: `The item number ${index}`, price: 100 + index, tags: ['first', 'second'] }
  )),
};

/** The handler that all contestants run. */
export const loadItems: RequestHandler = (_request, response) => void response.json(payload);

// Arguments of a server file, after the database server.
/** Rights of the caller's role. */
export const rightCount = Number(process.argv[3]);
/** Sessions of the caller. */
export const sessionCount = Number(process.argv[4]);
/** Processes that serve. */
export const workerCount = Number(process.argv[5]);

/** Names of URLs that the caller's role may call besides {@link url}. */
export function otherNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `do-${index}`);
}
