import { createCookieJar } from './cookie-jar.ts';
import { readForm } from './form.ts';

/** What a browser shows. */
export interface Page {
  readonly url: string;
  /** 0 for a page of an app that was not asked: see {@link createBrowser}. */
  readonly status: number;
  readonly html: string;
}

/** A browser as far as sign-on needs one: cookies, redirects and forms. It runs no scripts. */
export interface Browser {
  /** Opens a URL and follows redirects up to a page. */
  open(url: string): Promise<Page>;
  /** Fills the one form of a page and sends it with its first button. Throws if the page has no form. */
  submit(page: Page, fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** Opens a URL that leads to a page of login, and logs in there. */
  logIn(url: string, person: { readonly username: string; readonly password: string }): Promise<Page>;
  /** Forgets all cookies. */
  clear(): void;
}

/** More redirects than this are a circle. */
const mostRedirects = 20;

/** Creates a browser without cookies. It opens no URL that begins with one of `apps`, which need not exist: it stops there. */
export function createBrowser(...apps: readonly string[]): Browser {
  const jar = createCookieJar();

  async function go(start: string, init: RequestInit = {}): Promise<Page> {
    let [url, request] = [start, init];
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      if (apps.some((app) => url.startsWith(app))) return { url, status: 0, html: '' };
      const response = await fetch(url, { ...request, redirect: 'manual', headers: { accept: 'text/html', ...jar.header(url) } });
      jar.store(url, response.headers.getSetCookie());
      const location = response.headers.get('location');
      const html = await response.text();
      if (response.status < 300 || response.status > 399 || location === null) return { url, status: response.status, html };
      url = new URL(location, url).href;
      request = {}; // browsers follow 302 and 303 with a GET
    }
    throw new Error(`${start} led to more than ${mostRedirects} redirects, the last to ${url}`);
  }

  async function submit(page: Page, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    const form = readForm(page.html);
    if (!form) throw new Error(`${page.url} (${page.status}) has no form: ${page.html.slice(0, 2_000)}`);
    const content = new URLSearchParams({ ...form.fields, ...fields });
    const target = new URL(form.action, page.url);
    if (form.method === 'POST') return await go(target.href, { method: 'POST', body: content });
    target.search = content.toString();
    return await go(target.href);
  }

  return {
    open: (url) => go(url),
    submit,
    logIn: async (url, { username, password }) => submit(await go(url), { username, password }),
    clear: jar.clear,
  };
}
