/** A difference between what the gate decides about and what the router serves. */
export interface Finding {
  readonly check: string;
  /** "GET /items", or the name and place of a handler. */
  readonly subject: string;
  readonly cure: string;
}
