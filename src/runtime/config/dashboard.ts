import type { JsonSchema } from '../../base/schema.ts';

/** How the page is served, and to whom. */
export interface DashboardConfig {
  /** `host:port`. */
  readonly listen: string;
  readonly publicUrl: string | undefined;
  readonly linkTemplate: string | undefined;
  readonly people: readonly DashboardPerson[];
  readonly proxy: DashboardProxy | undefined;
}

export interface DashboardPerson {
  readonly name: string;
  readonly passwordHash: string;
  readonly permissions: readonly DashboardPermission[];
}

export interface DashboardProxy {
  readonly userHeader: string;
  readonly from: readonly string[];
  readonly permissions: readonly DashboardPermission[];
}

export type DashboardPermission = 'triage' | 'reveal';

const text: JsonSchema = { type: 'string', minLength: 1, maxLength: 512 };
const permissions: JsonSchema = {
  type: 'array',
  items: { enum: ['triage', 'reveal'] },
  uniqueItems: true,
  default: ['triage'],
  description: 'beyond looking: triage, reveal (records as the sensor sent them)',
};

/** The section `dashboard` of a configuration file. */
export function dashboardSchema(): JsonSchema {
  return {
    type: 'object',
    properties: {
      listen: {
        type: 'string',
        pattern: '^(off|.+:[0-9]{1,5})$',
        default: '127.0.0.1:4840',
        description:
          'address of the page, or off; beyond this machine, people or a proxy are needed',
      },
      public_url: {
        type: 'string',
        pattern: '^https?://[^/]+/?$',
        description: 'the address that browsers see, where a proxy stands in front',
      },
      link_template: {
        type: 'string',
        pattern: '^https?://',
        description:
          'link to your own log store: {host}, {user}, {agent}, {rule}, {from}, {to}, {id}',
      },
      people: {
        type: 'array',
        maxItems: 1000,
        items: {
          type: 'object',
          required: ['name', 'password_hash'],
          properties: {
            name: text,
            password_hash: {
              type: 'string',
              pattern: '^scrypt:[A-Za-z0-9_-]{22}:[A-Za-z0-9_-]{43}$',
              description: 'what `tidegate setup password` prints',
            },
            permissions,
          },
          additionalProperties: false,
        },
      },
      proxy: {
        type: 'object',
        required: ['user_header', 'from'],
        properties: {
          user_header: { ...text, description: 'in which the proxy names who has signed in' },
          from: { type: 'array', items: text, minItems: 1, description: 'addresses of the proxy' },
          permissions,
        },
        additionalProperties: false,
        description: 'a proxy in front that signs people in (OIDC, SAML)',
      },
    },
    additionalProperties: false,
    description: 'the page of the alerts, where this key is there',
  };
}

/** The section as it stands in a file. */
export interface RawDashboard {
  readonly listen?: string;
  readonly public_url?: string;
  readonly link_template?: string;
  readonly people?: readonly {
    readonly name: string;
    readonly password_hash: string;
    readonly permissions?: readonly DashboardPermission[];
  }[];
  readonly proxy?: {
    readonly user_header: string;
    readonly from: readonly string[];
    readonly permissions?: readonly DashboardPermission[];
  };
}

/** The section with every default filled in; undefined when no page is wanted. */
export function dashboardOf(raw: RawDashboard | undefined): DashboardConfig | undefined {
  if (raw === undefined || raw.listen === 'off') return undefined;
  return {
    listen: raw.listen ?? '127.0.0.1:4840',
    publicUrl: raw.public_url,
    linkTemplate: raw.link_template,
    people: (raw.people ?? []).map(({ name, password_hash: passwordHash, permissions: own }) => ({
      name,
      passwordHash,
      permissions: own ?? ['triage'],
    })),
    proxy:
      raw.proxy === undefined
        ? undefined
        : {
            userHeader: raw.proxy.user_header,
            from: raw.proxy.from,
            permissions: raw.proxy.permissions ?? ['triage'],
          },
  };
}
