import { ALERTS_PATTERN } from './names.ts';

/** An object as Kibana imports it, one a line. */
export interface SavedObject {
  readonly id: string;
  readonly type: 'index-pattern' | 'search' | 'visualization' | 'dashboard';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  /** Of the form of the attributes: Kibana migrates older ones, and refuses newer ones. */
  readonly coreMigrationVersion: string;
  readonly typeMigrationVersion: string;
}

export interface Reference {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

const DATA_VIEW = 'tidegate-alerts';
const CORE = '8.8.0';
const DATA_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

/** Everything that Kibana needs to show our alerts: a data view, searches, a dashboard of both. */
export function savedObjects(): readonly SavedObject[] {
  const parts = [...charts, ...searches];
  return [dataView(), ...parts.map(({ object }) => object), dashboard(parts)];
}

/** In the form of an export of Kibana. */
export function savedObjectsText(): string {
  return savedObjects()
    .map((object) => `${JSON.stringify(object)}\n`)
    .join('');
}

function dataView(): SavedObject {
  return {
    id: DATA_VIEW,
    type: 'index-pattern',
    attributes: { title: ALERTS_PATTERN, name: 'Tidegate alerts', timeFieldName: '@timestamp' },
    references: [],
    coreMigrationVersion: CORE,
    typeMigrationVersion: '8.0.0',
  };
}

interface Part {
  readonly object: SavedObject;
  /** Columns and rows of the dashboard's grid, of 48 columns. */
  readonly width: number;
  readonly height: number;
}

function searchSource(query: string): string {
  return JSON.stringify({
    query: { query, language: 'kuery' },
    filter: [],
    indexRefName: DATA_REFERENCE,
  });
}

const onData: readonly Reference[] = [
  { id: DATA_VIEW, name: DATA_REFERENCE, type: 'index-pattern' },
];

const COLUMNS = ['tidegate.level', 'event.reason', 'host.name', 'user.name', 'gen_ai.agent.name'];

function search(name: string, title: string, query: string): Part {
  return {
    object: {
      id: `tidegate-${name}`,
      type: 'search',
      attributes: {
        title: `Tidegate: ${title}`,
        description: '',
        columns: COLUMNS,
        sort: [['@timestamp', 'desc']],
        kibanaSavedObjectMeta: { searchSourceJSON: searchSource(query) },
      },
      references: onData,
      coreMigrationVersion: CORE,
      typeMigrationVersion: '8.0.0',
    },
    width: 48,
    height: 16,
  };
}

interface Aggregation {
  readonly field: string;
  readonly words: string;
  readonly size: number;
}

/** Counts by the values of fields; over time where `isOverTime`. */
function chart(name: string, title: string, by: readonly Aggregation[], isOverTime = false): Part {
  const count = { id: '1', enabled: true, type: 'count', params: {}, schema: 'metric' };
  const time = {
    id: '2',
    enabled: true,
    type: 'date_histogram',
    schema: 'segment',
    params: {
      field: '@timestamp',
      interval: 'auto',
      min_doc_count: 1,
      useNormalizedEsInterval: true,
    },
  };
  const terms = by.map(({ field, words, size }, place) => ({
    id: String(place + 3),
    enabled: true,
    type: 'terms',
    schema: isOverTime ? 'group' : 'bucket',
    params: { field, size, order: 'desc', orderBy: '1', customLabel: words },
  }));
  const type = isOverTime ? 'histogram' : 'table';
  const visState = {
    title: `Tidegate: ${title}`,
    type,
    aggs: [count, ...(isOverTime ? [time] : []), ...terms],
    params: isOverTime ? HISTOGRAM : { perPage: 10, showPartialRows: false, showTotal: false },
  };
  return {
    object: {
      id: `tidegate-${name}`,
      type: 'visualization',
      attributes: {
        title: visState.title,
        description: '',
        visState: JSON.stringify(visState),
        uiStateJSON: '{}',
        version: 1,
        kibanaSavedObjectMeta: { searchSourceJSON: searchSource('') },
      },
      references: onData,
      coreMigrationVersion: CORE,
      typeMigrationVersion: '8.5.0',
    },
    width: isOverTime ? 48 : 16,
    height: isOverTime ? 10 : 12,
  };
}

const HISTOGRAM = {
  type: 'histogram',
  grid: { categoryLines: false },
  categoryAxes: [
    {
      id: 'CategoryAxis-1',
      type: 'category',
      position: 'bottom',
      show: true,
      scale: { type: 'linear' },
    },
  ],
  valueAxes: [
    {
      id: 'ValueAxis-1',
      name: 'LeftAxis-1',
      type: 'value',
      position: 'left',
      show: true,
      scale: { type: 'linear' },
    },
  ],
  seriesParams: [
    {
      show: true,
      type: 'histogram',
      mode: 'stacked',
      data: { id: '1', label: 'Alerts' },
      valueAxis: 'ValueAxis-1',
    },
  ],
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
};

const charts: readonly Part[] = [
  chart(
    'over-time',
    'alerts over time by level',
    [{ field: 'tidegate.level', words: 'Level', size: 5 }],
    true,
  ),
  chart('by-agent', 'alerts by agent', [{ field: 'gen_ai.agent.name', words: 'Agent', size: 20 }]),
  chart('by-rule', 'alerts by rule', [
    { field: 'rule.name', words: 'Rule', size: 20 },
    { field: 'tidegate.level', words: 'Level', size: 1 },
  ]),
  chart('by-host', 'alerts by host and user', [
    { field: 'host.name', words: 'Host', size: 20 },
    { field: 'user.name', words: 'User', size: 3 },
  ]),
];

const searches: readonly Part[] = [
  search('urgent', 'critical and high', 'tidegate.level: ("critical" or "high")'),
  search('egress', 'data that left', 'destination.domain: * or tidegate.destination.host: *'),
  search('all', 'all alerts', ''),
];

const GRID_WIDTH = 48;

function dashboard(parts: readonly Part[]): SavedObject {
  let x = 0;
  let y = 0;
  const panels = parts.map(({ object, width, height }, place) => {
    if (x + width > GRID_WIDTH) x = 0;
    const panelIndex = String(place + 1);
    const gridData = { x, y, w: width, h: height, i: panelIndex };
    x += width;
    if (x >= GRID_WIDTH) {
      x = 0;
      y += height;
    }
    return {
      object,
      panel: {
        version: '8.8.0',
        type: object.type,
        gridData,
        panelIndex,
        embeddableConfig: {},
        panelRefName: `panel_${panelIndex}`,
      },
    };
  });
  return {
    id: 'tidegate-overview',
    type: 'dashboard',
    attributes: {
      title: 'Tidegate: what AI agents did',
      description: 'Alerts of Tidegate. Triage is in its own page.',
      panelsJSON: JSON.stringify(panels.map(({ panel }) => panel)),
      optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
      timeRestore: true,
      timeFrom: 'now-7d',
      timeTo: 'now',
      version: 1,
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] }),
      },
    },
    references: panels.map(({ object, panel }) => ({
      id: object.id,
      name: `${panel.panelIndex}:${panel.panelRefName}`,
      type: object.type,
    })),
    coreMigrationVersion: CORE,
    typeMigrationVersion: '8.7.0',
  };
}
