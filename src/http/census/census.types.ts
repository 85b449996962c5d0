/** A difference between the registered URLs of the gate and the routes of the app. */
export interface Finding {
  readonly check: string;
  /** "GET /items", or the name and place of a handler. */
  readonly subject: string;
  readonly cure: string;
}
