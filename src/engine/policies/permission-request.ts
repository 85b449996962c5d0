/** A request to do something with a named resource. */
export interface PermissionRequest {
  readonly action: string;
  readonly resource: string;
}
