import type { ForgingProvider, Forgery } from '../../../support/sso/forging-provider.ts';
import type { CookieJar, LoginWorld, ProviderChanges, Return } from '../../../support/sso/login-world.ts';

/** A login that is good up to where the browser returns. */
export interface BegunLogin {
  readonly world: LoginWorld;
  readonly provider: ForgingProvider;
  readonly providerId: string;
  readonly jar: CookieJar;
  readonly query: string;
  /** The name of the cookie of this login. */
  readonly cookie: string;
  /** Lets the time of every unfinished login run out. */
  readonly expire: () => void;
  /** Begins one more login, in another browser. */
  readonly other: () => Promise<{ readonly jar: CookieJar; readonly query: string }>;
}

/** A good login that is changed in one thing. */
export interface HostileCase {
  readonly name: string;
  /** The step that the trace must name. */
  readonly step: string;
  /** Without the checks of that step: "in", or the name of the step that refuses it then. */
  readonly without: string;
  /** What the provider forges. */
  readonly forge?: Forgery;
  /** What the browser does. */
  readonly browser?: (begun: BegunLogin) => Return | Promise<Return>;
  /** What holds for the good case too. */
  readonly provider?: ProviderChanges;
}
