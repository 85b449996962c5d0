import type { RequestHandler } from 'express';

/** The route that all contestants serve. */
export const url = '/items/load';

/** What it answers: a page of a list, some 2 kB. */
export const payload = {
  items: Array.from({ length: 20 }, (_, index) => (
    { itemId: `item-${index}`, name: `The item number ${index}`, price: 100 + index, tags: ['first', 'second'] }
  )),
};

/** The handler that all contestants run. */
export const loadItems: RequestHandler = (_request, response) => void response.json(payload);

/** How many rights the caller's role holds. */
export const rightCount = Number(process.argv[3]);
/** In how many sessions they ask. */
export const sessionCount = Number(process.argv[4]);
/** In how many processes a contestant serves. */
export const workerCount = Number(process.argv[5]);

/** Other URLs that the caller's role holds besides {@link url}. */
export function otherNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `do-${index}`);
}
