import type { ServerResponse } from 'node:http';
import type { SetHeader } from '../route/define-route.ts';

/** The headers that a handler sets. They are written when its answer is known. */
export interface HandlerHeaders {
  readonly set: SetHeader;
  /** For the answer of the handler: all headers, and all cookies beside those that others have set. */
  writeTo(response: ServerResponse): void;
  /** For an error: only the cookies that end something. */
  writeEndedCookiesTo(response: ServerResponse): void;
}

/** A cookie that the browser removes (RFC 6265 section 5.2.2). */
const ended = /;[ ]*Max-Age=0[ ]*(?:;|$)/i;

/** Creates the headers of one request. */
export function createHandlerHeaders(): HandlerHeaders {
  const headers = new Map<string, string>();
  const cookies = new Map<string, string>();

  function writeCookies(response: ServerResponse, chosen: readonly string[]): void {
    for (const cookie of chosen) response.appendHeader('Set-Cookie', cookie);
  }

  return {
    set(name, value) {
      if (name.toLowerCase() !== 'set-cookie') headers.set(name, value);
      else cookies.set(value.split('=', 1)[0] ?? '', value); // one of each name (RFC 6265 section 4.1.1)
    },
    writeTo(response) {
      for (const [name, value] of headers) response.setHeader(name, value);
      writeCookies(response, [...cookies.values()]);
      cookies.clear(); // an answer that fails while it is sent must not have them twice
    },
    writeEndedCookiesTo(response) {
      if (!response.headersSent) writeCookies(response, [...cookies.values()].filter((cookie) => ended.test(cookie)));
    },
  };
}
