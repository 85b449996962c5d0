import { lexer } from 'marked';
import type { Token, Tokens } from 'marked';
import { listUrls } from '../../src/engine/urls/registered-url.ts';
import { createUrlRegistry } from '../../src/engine/urls/url-registry.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { collectGrants } from '../../src/engine/grants/collect-grants.ts';
import { grantSetOf } from '../../src/engine/grants/grant.ts';
import { resolveRights } from '../../src/engine/grants/right.ts';
import { decide, decideUrl } from '../../src/engine/decide.ts';
import { readResource } from '../../src/engine/resources/read-resource.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import type { Attributes, DecisionContext } from '../../src/engine/policies/decision-context.types.ts';
import { registeredUrls } from '../../config/registeredUrls.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { BodyAt } from '../support/client/routes.ts';
import { codeBlocks, readPage } from './read-pages.ts';

type Role = BodyAt<'POST', '/roles/create'> & { readonly rights: string[]; readonly policies: Policy[] };
type Row = Readonly<Record<'Request' | 'Document' | 'Caller' | 'Time' | 'Address' | 'Answer', string | undefined>>;

interface Case {
  readonly title: string;
  readonly role: Role;
  readonly rows: readonly Row[];
}

const registry = createUrlRegistry(listUrls([registeredUrls]), (shape) => (shape.includes('delete') ? ['DELETE'] : ['GET']));
const cases = readCases(lexer(readPage('docs/guide/policies.md')));
const rows = cases.flatMap(({ role, rows: each }) => each.map((row) => ({ type: role.type, role, row })));

/** A case is a heading with a number, then the role as JSON, then a table of requests. */
function readCases(tokens: readonly Token[]): Case[] {
  const starts = tokens.flatMap((token, index) => (token.type === 'heading' && /^\d+\. /.test(String(token['text'])) ? [index] : []));
  return starts.map((start) => {
    const code = tokens.slice(start).find(({ type }) => type === 'code') as Tokens.Code;
    const table = tokens.slice(start).find(({ type }) => type === 'table') as Tokens.Table;
    const names = table.header.map(({ text }) => text);
    return {
      title: String(tokens[start]?.raw.trim()),
      role: JSON.parse(code.text) as Role, // the server checks it below
      rows: table.rows.map((cells) => Object.fromEntries(cells.map(({ text }, index) => [names[index], text.replaceAll('`', '')])) as Row),
    };
  });
}

function partsOf({ Request: text = '' }: Row): { verb: string; name: string; isUrl: boolean } {
  const [verb = '', name = ''] = text.split(' ');
  return { verb, name, isUrl: name.startsWith('/') };
}

const objectIn = (text: string) => JSON.parse(text) as Attributes;

function isAllowed({ role, row }: { readonly role: Role; readonly row: Row }): boolean {
  const { rights, policies } = role;
  const own = { roleId: 'own', rights: resolveRights(registry, rights, '').rights, permissions: [], policies, inherits: [] };
  const grants = compileGrants(registry, grantSetOf(collectGrants({ roles: ['own'], groups: [], memberships: [] }, () => own)));
  const context: DecisionContext = {
    now: Date.parse(row.Time ?? '2026-01-15T10:00:00Z'), ...(row.Address !== undefined && { ip: row.Address }),
    ...(row.Caller !== undefined && { subject: objectIn(row.Caller) }),
    ...(row.Document !== undefined && { resource: readResource(objectIn(row.Document)) }),
  };
  const { verb, name, isUrl } = partsOf(row);
  if (!isUrl) return decide(grants, { action: verb, resource: name }, context).allowed;
  const lookup = registry.lookUp(verb, name);
  if (lookup.kind !== 'found') throw new Error(`${verb} ${name} is not registered`);
  return decideUrl(grants, { endpoint: lookup.endpoint, path: name }, context).allowed;
}

describe('worked cases of policies', () => {
  it('the page, has ten with at least three requests each', () => {
    expect(cases).toHaveLength(10);
    expect(cases.filter((each) => each.rows.length < 3)).toEqual([]);
  });

  it.each(rows)('$type, $row.Request: $row.Answer', ({ role, row }) => {
    expect(isAllowed({ role, row }) ? 'allowed' : 'denied').toBe(row.Answer);
  });

  it('an explanation, of case 3 and another author, is the one that the page shows', async () => {
    const gatehouse = await startGatehouse();
    await gatehouse.superadmin.post('/roles/create', cases[2]?.role, 201);
    const { userId } = await gatehouse.newUser('author');
    const [question, answer] = codeBlocks('docs/guide/policies.md', 'json').slice(-2)
      .map((text) => objectIn(text.replaceAll('USER', userId)));
    // as the page has it
    const { body } = await gatehouse.superadmin.post('/permissions/explain', question as BodyAt<'POST', '/permissions/explain'>, 200);
    expect(body).toEqual(answer);
  });

  it('each role on a server, is created, and answers what depends on no time, address or caller as the page says', async () => {
    const gatehouse = await startGatehouse();
    for (const { role, rows: asked } of cases) {
      await gatehouse.superadmin.post('/roles/create', role, 201);
      const { client } = await gatehouse.newUser(role.type);
      const plain = asked.filter(({ Caller, Time, Address }) => Caller === undefined && Time === undefined && Address === undefined);
      if (plain.length === 0) continue;
      const checks = plain.map((row) => {
        const { verb, name, isUrl } = partsOf(row);
        if (isUrl) return { method: verb as 'GET', url: name }; // the server refuses any other method
        return { action: verb, resource: name, ...(row.Document !== undefined && { attributes: objectIn(row.Document) }) };
      });
      const { body } = await client.post('/permissions/check', { checks }, 200);
      expect(body.decisions.map(({ allowed }) => (allowed ? 'allowed' : 'denied'))).toEqual(plain.map(({ Answer }) => Answer));
    }
  });
});
