import { request } from 'undici';
import { createCookieJar } from './cookie-jar.ts';
import { readForm } from './form.ts';

/** What a browser shows. */
export interface Page {
  readonly url: string;
  /** 0 for a page of an application that nobody serves: see {@link BrowserOptions}. */
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

export interface BrowserOptions {
  /** Beginnings of the URLs of applications that need not exist: the browser stops there, and asks nobody. */
  readonly stopsAt?: readonly string[];
  /** Origins by their real ones, such as `{ 'https://gate.example.com': 'http://127.0.0.1:4711' }`. They get the Host header of the name. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** More redirects than this are a circle. */
const mostRedirects = 20;

/** Creates a browser without cookies. */
export function createBrowser({ stopsAt = [], hosts = {} }: BrowserOptions = {}): Browser {
  const jar = createCookieJar();

  async function ask(url: string, form: URLSearchParams | undefined) {
    const { origin, host } = new URL(url);
    const real = hosts[origin];
    const headers = {
      accept: 'text/html', ...jar.header(url), ...(real !== undefined && { host }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const target = real === undefined ? url : real + url.slice(origin.length);
    const { statusCode, headers: answered, body } = await request(target, { // fetch would set the Host header itself
      headers, ...(form && { method: 'POST', body: form.toString() }),
    });
    jar.store(url, [answered['set-cookie'] ?? []].flat());
    return { status: statusCode, location: [answered.location].flat()[0], html: await body.text() };
  }

  async function go(start: string, form?: URLSearchParams): Promise<Page> {
    let [url, sent] = [start, form];
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      if (stopsAt.some((beginning) => url.startsWith(beginning))) return { url, status: 0, html: '' };
      const { status, location, html } = await ask(url, sent);
      if (status < 300 || status > 399 || location === undefined) return { url, status, html };
      url = new URL(location, url).href;
      sent = undefined; // browsers follow 302 and 303 with a GET
    }
    throw new Error(`${start} led to more than ${mostRedirects} redirects, the last to ${url}`);
  }

  async function submit(page: Page, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    const form = readForm(page.html);
    if (!form) throw new Error(`${page.url} (${page.status}) has no form: ${page.html.slice(0, 2_000)}`);
    const content = new URLSearchParams({ ...form.fields, ...fields });
    const target = new URL(form.action, page.url);
    if (form.method === 'POST') return await go(target.href, content);
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
