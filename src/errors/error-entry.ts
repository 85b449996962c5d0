/** One line of the table of error codes. Clients may switch on a code, so codes are stable. */
export interface ErrorEntry {
  readonly status: number;
  /** A sentence for people that says what to do next. The cause of an error inside the server is logged, never sent. */
  readonly detail: string;
  /** Sent as `message`; by default the detail. */
  readonly message?: string;
  /** Its name in RFC 6749 section 5.2; only for codes that are sent in the OAuth form alone. */
  readonly oauth?: string;
  /** Seconds, sent as the Retry-After header. */
  readonly retryAfter?: number;
}
