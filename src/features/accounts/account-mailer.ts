import { systemActor } from '../../platform/changes/actor.ts';
import { createHostTransport } from '../../platform/mail/host.transport.ts';
import type { HostMail } from '../../platform/mail/host.transport.ts';
import type { Sender } from '../../platform/mail/mail.address.ts';
import { createMailTransport } from '../../platform/mail/mail.transport.ts';
import { createMailer } from '../../platform/mail/mailer.ts';
import type { Mailer } from '../../platform/mail/mailer.ts';
import { readTemplates } from '../../platform/mail/template-folder.ts';
import { createWriteMail } from '../../platform/mail/write-mail.ts';
import type { MailTexts } from '../../platform/mail/write-mail.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Brands } from '../branding/brand.types.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import type { UserStore } from '../users/user.store.ts';
import { createAccountMails } from './account-mails.ts';
import type { OneTimeTokens } from '../links/one-time-token.types.ts';

export interface AccountMailerDeps extends Pick<Platform, 'changes' | 'clock' | 'outbox'> {
  readonly stores: { readonly users: Pick<UserStore, 'readWithPassword' | 'readByEmail'>; readonly tenants: Pick<TenantStates, 'read'> };
  readonly tokens: Pick<OneTimeTokens, 'replace'>;
  readonly settings: {
    readonly publicUrl: string;
    readonly mail: {
      readonly smtpUrl: string | null; readonly folder: string | null; readonly from: Sender; readonly templates: string | null;
    };
  };
  readonly brands: Brands;
  /** The host's own transport. It sends the mails instead of the mail server of the settings. */
  readonly hostMail?: HostMail | undefined;
  /** The host's own texts of mails. */
  readonly mailTexts?: MailTexts | undefined;
  readonly logger: Pick<Platform['logger'], 'info' | 'warn' | 'error'>;
}

/** Creates the mailer of one node. It sends mails only to users of active tenants. */
export function createAccountMailer(
  { stores, tokens, settings, brands, hostMail, mailTexts, changes, clock, outbox, logger }: AccountMailerDeps,
): Mailer {
  const { templates, ...mail } = settings.mail;
  const isActive = async (tenantId: string) => (await stores.tenants.read(tenantId))?.status === 'active';
  const ofActive = <T>(find: (tenantId: string, named: string) => Promise<T | null>) => async (tenantId: string, named: string) => (
    await isActive(tenantId) ? find(tenantId, named) : null);
  return createMailer({
    outbox, clock, log: logger,
    prepare: createAccountMails({
      publicUrl: settings.publicUrl, clock, brands, isActive,
      writeMail: createWriteMail({ mailTexts, findTemplate: templates === null ? undefined : readTemplates(templates) }),
      findUser: ofActive(stores.users.readWithPassword), findUserByEmail: ofActive(stores.users.readByEmail),
      replaceToken: (tenantId, order) => changes.transact(systemActor(tenantId), (tx) => tokens.replace(tx, order)),
    }),
    transport: hostMail ? createHostTransport(hostMail) : createMailTransport(
      { ...mail, onFile: (file) => { logger.info({ file }, 'a mail was written to a file'); } },
    ),
  });
}
