import express from 'express';
import type { RequestHandler } from 'express';
import { listUrls } from '../../../src/engine/urls/registered-url.ts';
import { censusChecks, printFindings, takeCensus } from '../../../src/http/census/census.ts';
import { inspectApp } from '../../../src/http/census/inspect-app.ts';
import { createGatedApp } from '../../gate/gated-app.ts';
import { faultyApps } from './cases.ts';
import type { FaultyApp } from './cases.ts';

/** The census of an app with one fault, with all checks or without some. */
function censusOf(
  { urls = {}, before, host, beforeGate = [], afterGate = [], mountGate = true }: FaultyApp, without: readonly string[] = [],
) {
  const gate: RequestHandler = function authenticator(_request, _response, next) {
    next();
  };
  const app = express();
  before?.(app);
  if (mountGate) app.use(gate);
  host?.(app, gate);
  const input = { urls: listUrls([urls]), layers: inspectApp(app, gate), beforeGate, afterGate };
  return takeCensus(input, censusChecks.filter(({ name }) => !without.includes(name)));
}

describe('the census', () => {
  it('every check, has an app that trips it', () => {
    expect(new Set(faultyApps.map(({ check }) => check))).toEqual(new Set(censusChecks.map(({ name }) => name)));
  });

  for (const faulty of faultyApps) {
    it(`${faulty.check}, ${faulty.fault}, is found by this check alone and named`, () => {
      const findings = censusOf(faulty);
      expect(findings.map(({ check, subject }) => [check, subject])).toEqual(faulty.subjects.map((subject) => [faulty.check, subject]));
      // Without this one check, nobody would notice.
      expect(censusOf(faulty, [faulty.check])).toEqual([]);
      const table = printFindings(findings).split('\n');
      for (const [index, subject] of faulty.subjects.entries()) expect(table[index]).toContain(`  ${faulty.check}  ${subject}`);
      expect(findings.every(({ cure }) => cure.length > 20)).toBe(true);
    });
  }

  it('a reader of bodies before the gate, its cure is to move it, and beforeGate is offered to other handlers alone', () => {
    const cures = (before: NonNullable<FaultyApp['before']>) => censusOf({
      check: 'ahead-of-gate', fault: '', urls: {}, subjects: [], host: () => undefined, before,
    }).map(({ cure }) => cure);
    for (const [name, reader] of Object.entries({
      jsonParser: express.json(), urlencodedParser: express.urlencoded(), rawParser: express.raw(), textParser: express.text(),
    })) {
      const [cure = ''] = cures((app) => app.use(reader));
      expect(cure).toMatch(new RegExp(`^Move it behind .*name it in afterGate: "${name}"`));
      expect(cure).not.toContain('beforeGate');
    }
    const [other = ''] = cures((app) => app.use(function logs(_request, _response, next) { next(); }));
    expect(other).toMatch(/^Move it behind .*name it in beforeGate\.$/);
  });

  it('several faults, are all found, one line each', () => {
    const { census } = createGatedApp({
      urls: { simple: { '/': ['gone'] } }, before: (app) => void app.use(function early(_request, _response, next) { next(); }),
      host: (app) => app.get('/stray', (_request, response) => void response.end()).use(
        function late(_request, response) { response.end(); },
      ),
    });
    expect(printFindings(census()).split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
      ['ahead-of-gate', 'early at /'], ['unregistered-route', 'GET /stray'], ['registered-unserved', '/gone'],
      ['uncovered-handler', 'late at /'],
    ]);
  });
});
