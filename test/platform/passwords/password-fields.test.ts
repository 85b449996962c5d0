import { documentedOperations } from '../../support/client/operations.ts';
import type { DocumentedOperation } from '../../support/client/operations.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

describe('fields for passwords', () => {
  let server: TestGatehouse;
  let operations: DocumentedOperation[];
  const pages: { readonly path: string; readonly html: string }[] = [];

  beforeAll(async () => {
    server = await startGatehouse();
    operations = await documentedOperations(server.anonymous);
    for (const { method, path, responses } of operations) {
      if (method === 'GET' && responses['200']?.content?.['text/html'] !== undefined) {
        pages.push({ path, html: String((await server.anonymous.get(path.replace('{result}', 'passed'), 200)).body) });
      }
    }
  }, 20_000);
  it('pages that ask for a password, found, are at least that of the set-up link', () => {
    expect(pages.filter(({ html }) => /<input[^>]*password/i.test(html)).map(({ path }) => path)).toContain('/users/set-up-superadmin');
  });

  it('password fields of every page, as served, are masked, and password managers may fill them in', () => {
    for (const { path, html } of pages) {
      for (const [input] of html.matchAll(/<input[^>]*password[^>]*>/gi)) {
        expect([path, input]).toEqual([path, expect.stringMatching(/ type="password"/)]);
        expect([path, input]).toEqual([path, expect.stringMatching(/ autocomplete="(new|current)-password"/)]);
      }
    }
  });

  it('pages, as served, leave pasting alone and cut no password short', () => {
    for (const { path, html } of pages) {
      expect([path, html]).not.toEqual([path, expect.stringMatching(/paste|beforeinput|contextmenu/i)]);
      for (const [input] of html.matchAll(/<input[^>]*password[^>]*>/gi)) {
        expect([path, input]).not.toEqual([path, expect.stringContaining('maxlength')]);
      }
    }
  });

  it('API, as documented, knows no hints and no secret questions', () => {
    const names = [...JSON.stringify(operations).matchAll(/"properties":\{(.*?)\}\}/g)].flatMap(
      ([, properties = '']) => [...properties.matchAll(/"(\w+)":\{/g)],
    );
    const fields = new Set(names.map(([, name = '']) => name));
    expect(fields).toContain('password');
    fields.delete('token_type_hint'); // RFC 7662 section 2.1: what kind a token is
    expect([...fields].filter((name) => /hint|question|answer|maiden|remind/i.test(name))).toEqual([]);
  });
});
