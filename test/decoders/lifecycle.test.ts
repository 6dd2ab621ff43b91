import { expect } from 'chai';

import type { TelemetryEvent } from '../../src/event/event.ts';
import { eventsOf, fixtures } from './fixtures.ts';

// What agents go through on a machine (installed, changed, given permissions), as rules can read it: by log
// source, and by fields of events.

interface Row {
  readonly what: string;
  readonly fixture: string;
  readonly product: string;
  readonly logsource: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const table: readonly Row[] = [
  {
    what: 'a package of Windows Installer',
    fixture: 'windows/',
    product: 'windows',
    logsource: 'application',
    fields: { EventID: 1033, 'event.action': 'msi-installation', 'event.outcome': 'success' },
  },
  {
    what: 'a packaged app',
    fixture: 'windows/',
    product: 'windows',
    logsource: 'appxdeployment-server',
    fields: { 'event.action': 'appx-deployment', 'event.outcome': 'success' },
  },
  {
    what: 'a plugin of an agent',
    fixture: 'otlp/',
    product: 'ai_agent',
    logsource: 'agent_events',
    fields: { 'event.name': 'plugin_installed' },
  },
  {
    what: 'a changed permission mode',
    fixture: 'otlp/',
    product: 'ai_agent',
    logsource: 'agent_events',
    fields: { 'event.name': 'permission_mode_changed' },
  },
  {
    what: 'a connection to an MCP server',
    fixture: 'otlp/',
    product: 'ai_agent',
    logsource: 'mcp_events',
    fields: { 'event.name': 'mcp_server_connection' },
  },
  {
    what: 'a question for a permission, shown to a person',
    fixture: 'unified-log/',
    product: 'macos',
    logsource: 'tcc',
    fields: {
      'event.action': 'tcc-prompt',
      'macos.tcc.service': 'kTCCServiceSystemPolicyDocumentsFolder',
      'macos.tcc.identity': 'com.anthropic.claude',
    },
  },
  {
    what: 'a granted permission',
    fixture: 'eslogger/',
    product: 'macos',
    logsource: 'tcc',
    fields: {
      'event.action': 'tcc-modify',
      'macos.tcc.service': 'SystemPolicyDocumentsFolder',
      'macos.tcc.identity': 'com.anthropic.claude',
    },
  },
];

const all = fixtures().map(({ decoder, name, lines }) => ({
  name,
  events: eventsOf(decoder, lines),
}));

function isOf({ logsource }: TelemetryEvent, row: Row): boolean {
  const { product, categories, services } = logsource;
  return product === row.product && [...categories, ...services].includes(row.logsource);
}

describe('the life of an agent, as rules can read it', () => {
  for (const row of table) {
    it(row.what, () => {
      const events = all
        .filter(({ name }) => name.startsWith(row.fixture))
        .flatMap((fixture) => fixture.events)
        .filter((event) => isOf(event, row));
      const names = Object.keys(row.fields);
      const read = events.map((event) =>
        Object.fromEntries(names.map((name) => [name, event.get(name)])),
      );
      expect(read).to.deep.include(row.fields);
    });
  }
});
