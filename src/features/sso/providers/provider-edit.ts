import type { AttributeMapping, Provisioning, RoleMappingEntry } from '../../identities/identity.types.ts';
import { secretNamesOf } from '../provider.secrets.ts';
import type { ProviderSecrets, Secrets } from '../provider.secrets.ts';
import type { IdentityProvider, ProviderConfiguration, ProviderRevision } from '../provider.types.ts';
import { refusal } from '../provider.validation.ts';
import type { ProviderValidation } from '../provider.validation.ts';
import type { ProviderPorts } from './provider-ports.types.ts';

/** The changes of an edit. Absent fields do not change. */
export interface ProviderEdit {
  readonly providerName?: string;
  /** Replaces the whole configuration. */
  readonly configuration?: unknown;
  /** Replaces all secrets. */
  readonly secrets?: Secrets;
  readonly attributeMapping?: AttributeMapping;
  readonly roleMapping?: readonly RoleMappingEntry[];
  readonly provisioning?: Provisioning;
  readonly domains?: readonly string[];
  /** The version that the edit is based on. Absent: the newest one. */
  readonly version?: number;
}

/** A provider after an edit, and what the edit was about. */
export interface EditedProvider {
  readonly after: IdentityProvider;
  /** Whether configuration, secrets or subject changed. This creates another revision. */
  readonly isTrust: boolean;
  /** Whether anything changed that decides what users of the provider are given, or who they are. */
  readonly isGiving: boolean;
}

export interface ApplyEditDeps extends ProviderValidation, Pick<ProviderPorts, 'declaredAttributes'> {
  readonly secrets: Pick<ProviderSecrets, 'seal'>;
}

/** Creates the function that applies an edit to a provider. It throws `provider-invalid`. */
export function createApplyEdit({ readConfiguration, requireSecrets, secrets, declaredAttributes }: ApplyEditDeps) {
  function requireDeclared({ attributeMapping = {}, roleMapping = [] }: ProviderEdit): void {
    const isDeclared = (name: string) => !name.startsWith('attributes.') || declaredAttributes.includes(name.slice('attributes.'.length));
    const named = [
      ...Object.keys(attributeMapping).map((name) => ({ field: `body.attributeMapping.${name}`, name })),
      ...roleMapping.map((entry, index) => ({ field: `body.roleMapping[${index}].from`, name: 'from' in entry ? entry.from : '' })),
    ];
    const errors = named.filter(({ name }) => !isDeclared(name)).map(({ field }) => ({ field, message: 'is not a declared attribute' }));
    if (errors.length > 0) throw refusal(errors);
  }


  /** The secrets after an edit. They are dropped where they could be sent to an address that somebody else chose. */
  function sealedAfter({ _id, protocol, ...before }: IdentityProvider, edit: ProviderEdit, configuration: ProviderConfiguration) {
    if (edit.secrets) {
      requireSecrets(protocol, configuration, edit.secrets);
      return secrets.seal(_id, edit.secrets);
    }
    if (issuerOf(configuration) !== issuerOf(before.configuration)) return {};
    const needed = secretNamesOf(protocol, configuration);
    return Object.fromEntries(Object.entries(before.sealed).filter(([name]) => needed.includes(name)));
  }

  return (before: IdentityProvider, { version: _basis, ...edit }: ProviderEdit): EditedProvider => {
    requireDeclared(edit);
    const configuration = edit.configuration === undefined ? before.configuration
      : readConfiguration(before.protocol, edit.configuration);
    const { subject, ...attributeMapping } = edit.attributeMapping ?? { ...before.attributeMapping, subject: before.subject };
    const isTrust = edit.secrets !== undefined || isOther(configuration, before.configuration) || isOther(subject, before.subject);
    const { subject: _old, ...kept } = before;
    const trust: Omit<ProviderRevision, 'revision'> = {
      configuration, sealed: sealedAfter(before, edit, configuration), ...(subject !== undefined && { subject }),
    };
    const name = edit.providerName ?? before.providerName;
    const given = {
      attributeMapping: withoutAbsent(attributeMapping), roleMapping: edit.roleMapping ?? before.roleMapping,
      provisioning: edit.provisioning ?? before.provisioning, domains: edit.domains ? [...new Set(edit.domains)] : before.domains,
    };
    return {
      isTrust,
      isGiving: (Object.keys(given) as (keyof typeof given)[]).some((part) => isOther(given[part], before[part])), // the keys of `given`
      after: {
        ...kept, ...given, ...trust, providerName: name, nameKey: nameKeyOf(name),
        revision: isTrust ? before.revision + 1 : before.revision, version: before.version + 1,
      },
    };
  };
}

export type ApplyEdit = ReturnType<typeof createApplyEdit>;

/** The form in which names are compared: letter case makes no difference. */
export function nameKeyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function issuerOf(configuration: ProviderConfiguration): string | undefined {
  return 'issuer' in configuration ? configuration.issuer : undefined;
}

function withoutAbsent(mapping: Readonly<Record<string, AttributeMapping[string] | undefined>>): AttributeMapping {
  return Object.fromEntries(Object.entries(mapping).flatMap(([target, source]) => (source === undefined ? [] : [[target, source]])));
}

function isOther(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
