import type { RightInput } from '../../src/engine/grants/right.ts';
import { hostUrls } from './host.ts';
import type { Rights } from './reference.ts';

/** The rights of two users to URLs of the host, as role management is told them. */
export const rolesOfUsers = {
  ann: [
    '/shop/items/me', { url: '/shop/items/:id', methods: ['PUT'] }, '/team/:t/members/:m', '/reports/:year', '/dot.ted/~tilde_x-y',
    '/files/private/*path',
  ],
  bob: [
    { url: '/shop/items', methods: ['POST'] }, { url: '/shop/items/:id', methods: ['DELETE'] }, '/shop/items/me/reviews/:r',
    '/team/mine/members/:m', '/team/:t', '/team/:t/members', '/files/index', '/reports/*path',
    '/sub/*path',
  ],
} satisfies Record<string, readonly RightInput[]>;

/** The same as it must turn out, by the name of the token; all other tokens are good for nothing. */
export const rights: Readonly<Record<string, Rights>> = {
  ann: rightsOf(rolesOfUsers.ann), bob: rightsOf(rolesOfUsers.bob), guest: new Set(), root: 'everything',
};

function rightsOf(inputs: readonly RightInput[]): Rights {
  const shape = (url: string) => url.replace(/:\w+/g, ':');
  return new Set(inputs.map((input) => (typeof input === 'string' ? { url: input } : input)).flatMap(({ url, methods }) => hostUrls
    .filter((each) => shape(each.url) === shape(url) && each.access === 'auth')
    .flatMap((each) => each.methods.filter((method) => !methods || methods.includes(method)).map((method) => `${method} ${each.url}`))));
}
