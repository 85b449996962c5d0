/** The settings of a tenant about its look and its return URLs. What is absent is that of the server. */
export interface BrandSettings {
  readonly branding?: {
    /** The name of the application for the users of this tenant. */
    readonly name?: string;
    /** The colour of buttons, `#rrggbb`. */
    readonly accent?: string;
    /** The digest of the logo. In settings that are sent, the logo itself as base64 or its digest. */
    readonly logo?: string;
  };
  /** Replaces the list of the server. */
  readonly returnUrls?: readonly string[];
}

/** How the product calls itself and looks to the users of a tenant. */
export interface Brand {
  readonly name: string;
  readonly accent?: string;
  /** The digest of its logo. */
  readonly logo?: string;
}

/** Finds the brand of a tenant. */
export interface Brands {
  /** The brand of the server, for everybody whose tenant is not known. */
  readonly own: Brand;
  /** The brand of a tenant. Null if there is no such tenant. */
  of(tenantId: string): Promise<Brand | null>;
}

/** Where people may go after the page of a link. */
export interface ReturnUrls {
  /** Throws `return-url-not-allowed` unless the tenant lists exactly this URL. Undefined is always allowed. */
  require(tenantId: string, url: string | undefined): Promise<void>;
  /** The URL that was stored with a link if it is still listed, or else the first of the list. Empty if the tenant has no list. */
  choose(tenantId: string, stored: string | undefined): Promise<{ readonly returnUrl?: string }>;
}

/** Reads the settings of a tenant. Null if there is no such tenant. */
export type ReadBrandSettings = (tenantId: string) => Promise<{ readonly settings: BrandSettings } | null>;
