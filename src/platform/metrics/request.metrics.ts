import type { ServerResponse } from 'node:http';
import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { AccessClass } from '../../engine/urls/registered-url.ts';
import type { Endpoint } from '../../engine/urls/url-registry.ts';
import { requestContext } from '../../http/request/request-context.ts';
import { codeOf } from './code-of.ts';
import { createFastCounters } from './fast-counter.ts';

/** Why the gate allowed a request: the access class of its URL, or OPTIONS, which the gate answers itself. */
export type AllowedReason = AccessClass | 'options';

/** The metrics of requests. */
export interface RequestMetrics {
  /** Counts a request that the gate allowed. */
  countAllowed(reason: AllowedReason): void;
  /** Counts a request that the gate refused. */
  countRefused(error: unknown): void;
  /** Measures the duration of a response, if `measure` was called before. */
  timeAnswer(response: ServerResponse): void;
  /** Begins to measure durations. */
  measure(): void;
}

/** In seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Maximum number of endpoints with their own lines. All further endpoints share one. */
const mostEndpoints = 1_000;

/** By the first digit of the status. 0 stands for a caller who closed the connection before the end of the response. */
const statusClasses = ['aborted', '1xx', '2xx', '3xx', '4xx', '5xx'];

/** The lines of one endpoint, by status class. Each is created when it is first needed. */
type Lines = (Histogram.Internal<'method' | 'url' | 'status'> | undefined)[];

/**
 * Creates the metrics of requests.
 *
 * The label of a line is the registered URL, never the path of a request, so callers cannot add lines.
 */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const decisions = createFastCounters(registry, {
    name: 'gatehouse_decisions_total', labels: ['result', 'reason'],
    help: 'Requests that the gate decided about, by result (allowed, refused) and reason (access class of the URL, options; error code).',
  });
  const allowed = {
    simple: decisions('allowed', 'simple'), auth: decisions('allowed', 'auth'), config: decisions('allowed', 'config'),
    options: decisions('allowed', 'options'),
  } satisfies Record<AllowedReason, unknown>;
  const durations = new Histogram({
    name: 'gatehouse_request_duration_seconds', labelNames: ['method', 'url', 'status'], buckets, registers: [registry],
    help: 'Time from the gate to the end of the response, by registered URL and class of the status.',
  });
  const byEndpoint = new Map<Endpoint | null, Lines>();
  const overflow: Lines = [];
  let isMeasuring = false;

  function linesOf(endpoint: Endpoint | null): Lines {
    const known = byEndpoint.get(endpoint);
    if (known) return known;
    if (byEndpoint.size >= mostEndpoints) return overflow;
    const lines: Lines = [];
    byEndpoint.set(endpoint, lines);
    return lines;
  }

  function lineOf(endpoint: Endpoint | null, status: number) {
    const lines = linesOf(endpoint);
    return (lines[status] ??= durations.labels(
      { ...nameOf(lines === overflow ? 'other' : endpoint), status: statusClasses[status] ?? 'other' },
    ));
  }

  // All responses share one function, which gets its response as `this`. A closure for each response would be garbage.
  function onClose(this: ServerResponse): void {
    const { endpoint, startedAt } = requestContext(this.req);
    const status = this.writableFinished ? Math.floor(this.statusCode / 100) : 0;
    lineOf(endpoint, status).observe((performance.now() - startedAt) / 1_000);
  }

  return {
    countAllowed(reason) {
      allowed[reason].count += 1;
    },
    countRefused(error) {
      decisions('refused', codeOf(error)).count += 1;
    },
    timeAnswer(response) {
      if (isMeasuring) response.on('close', onClose);
    },
    measure() {
      isMeasuring = true;
    },
  };
}

function nameOf(endpoint: Endpoint | 'other' | null): { readonly method: string; readonly url: string } {
  if (endpoint === null) return { method: 'any', url: 'unknown' };
  return endpoint === 'other' ? { method: 'any', url: 'other' } : { method: endpoint.method, url: endpoint.url };
}
