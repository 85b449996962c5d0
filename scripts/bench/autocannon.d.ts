// The part of autocannon that is used here: the project is checked also where the packages of the benchmarks are not installed.
declare module 'autocannon' {
  export interface Client {
    setRequests(requests: readonly object[]): void;
  }
  export interface Options {
    readonly url: string;
    readonly connections: number;
    readonly setupClient: (client: Client) => void;
    /** Seconds. */
    readonly timeout: number;
    readonly amount?: number;
    /** Seconds. */
    readonly duration?: number;
  }
  export interface Result {
    readonly non2xx: number;
    readonly errors: number;
  }
  export interface Instance {
    on(event: 'response', listener: (client: Client, status: number, bytes: number, milliseconds: number) => void): void;
  }
  export default function autocannon(options: Options, done: (error: unknown, result: Result) => void): Instance;
}
