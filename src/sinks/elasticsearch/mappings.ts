/** Which kinds of fields a cluster knows: all of a complete distribution, or the core's alone. */
export type Variant = 'full' | 'core';

export type Mapping = Readonly<Record<string, unknown>>;

/** Longer values stay in the document and are not indexed: Lucene refuses terms above 32,766 bytes. */
const KEYWORD_MAX = 1024;
/** A character may take four bytes. */
const LONG_KEYWORD_MAX = 8191;

/**
 * Fields of the Elastic Common Schema (9.x) that alerts have, by type. What is not listed stays in
 * the document and is not indexed, so no event can add fields to an index.
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  date: [
    '@timestamp event.ingested event.start event.end process.start process.parent.start',
    'file.created file.mtime file.accessed file.ctime',
    'tidegate.window.from tidegate.window.to',
  ],
  keyword: [
    'event.kind event.module event.dataset event.id event.category event.type event.action',
    'event.outcome event.code event.provider event.hash',
    'rule.id rule.uuid rule.name rule.description rule.author rule.license rule.version',
    'rule.reference rule.category rule.ruleset',
    'threat.framework threat.tactic.id threat.tactic.name threat.tactic.reference',
    'threat.technique.id threat.technique.name threat.technique.reference',
    'threat.technique.subtechnique.id threat.technique.subtechnique.name',
    'threat.technique.subtechnique.reference',
    'host.name host.hostname host.id host.domain host.type host.architecture host.mac',
    'host.os.name host.os.family host.os.type host.os.platform host.os.version host.os.kernel',
    'user.name user.id user.domain user.email user.full_name user.roles user.group.name',
    'user.group.id user.effective.name user.effective.id user.target.name user.target.id',
    'process.entity_id process.name process.hash.md5 process.hash.sha1 process.hash.sha256',
    'process.working_directory process.title process.code_signature.subject_name',
    'process.code_signature.status process.code_signature.team_id',
    'process.code_signature.signing_id process.pe.original_file_name process.pe.file_version',
    'process.pe.company process.pe.product process.pe.description process.pe.imphash',
    'process.user.name process.user.id process.parent.entity_id process.parent.name',
    'process.parent.hash.sha256 process.parent.user.name process.ai_agent.name',
    'file.name file.directory file.extension file.type file.owner file.hash.md5 file.hash.sha1',
    'file.hash.sha256 file.mime_type file.pe.imphash file.pe.original_file_name',
    'source.domain source.mac source.user.name destination.domain destination.mac',
    'destination.registered_domain destination.subdomain destination.top_level_domain',
    'destination.address source.address',
    'network.protocol network.transport network.type network.direction network.application',
    'network.community_id network.iana_number dns.id dns.op_code dns.question.name dns.question.type',
    'dns.question.registered_domain dns.question.subdomain dns.question.class dns.response_code',
    'dns.type dns.answers.name dns.answers.type dns.answers.data',
    'url.scheme url.domain url.registered_domain url.extension url.username',
    'http.request.method http.request.mime_type http.request.referrer http.version',
    'http.response.mime_type registry.hive registry.key registry.path registry.value',
    'registry.data.type gen_ai.agent.name gen_ai.agent.id gen_ai.tool.name gen_ai.system',
    'gen_ai.request.model related.hosts related.user related.hash',
    'tidegate.level tidegate.host tidegate.key.field tidegate.key.value tidegate.limit.operator',
    'tidegate.matched tidegate.fields.field tidegate.fields.value tidegate.rule.kind',
    'tidegate.rule.status tidegate.rule.meaning tidegate.rule.file tidegate.rule.tags',
    'tidegate.rule.false_positives tidegate.destination.class tidegate.destination.source',
    'tidegate.destination.host tidegate.destination.registered_domain tidegate.lineage.origin',
    'tidegate.lineage.root.entity_id tidegate.lineage.root.executable tidegate.reduced.reason',
  ],
  long_keyword: [
    'event.reason process.executable process.args process.parent.executable file.path',
    'file.target_path url.query url.fragment',
  ],
  wildcard: [
    'process.command_line process.parent.command_line url.full url.original url.path',
    'registry.data.strings http.request.body.content',
  ],
  text: ['message'],
  ip: ['host.ip source.ip destination.ip dns.resolved_ip related.ip'],
  long: [
    'event.severity event.sequence process.pid process.thread.id process.parent.pid file.size',
    'source.port source.bytes source.packets destination.port destination.bytes',
    'destination.packets network.bytes network.packets url.port',
    'http.request.bytes http.request.body.bytes http.response.bytes http.response.body.bytes',
    'http.response.status_code process.exit_code dns.answers.ttl',
    'tidegate.count tidegate.window.timespan_ms tidegate.rule.line tidegate.lineage.depth',
    'tidegate.payload.base64_bytes tidegate.payload.base64_characters',
    'tidegate.payload.base64_longest tidegate.payload.base64_runs',
  ],
  float: ['event.risk_score'],
  double: ['tidegate.value tidegate.limit.value tidegate.payload.entropy'],
  boolean: [
    'process.code_signature.exists process.code_signature.valid process.code_signature.trusted',
    'process.ai_agent.is_descendant tidegate.clock_skew',
  ],
  flattened: ['tidegate.evidence'],
  stored: ['tidegate.reduced.document'],
};

/** What a type of the table is in a mapping. */
function typeOf(type: string, variant: Variant): Mapping {
  const isFull = variant === 'full';
  switch (type) {
    case 'keyword':
      return { type, ignore_above: KEYWORD_MAX };
    case 'long_keyword':
      return { type: 'keyword', ignore_above: LONG_KEYWORD_MAX };
    case 'wildcard':
      return isFull
        ? {
            type,
            ignore_above: LONG_KEYWORD_MAX,
            fields: { text: { type: 'match_only_text' } },
          }
        : { type: 'keyword', ignore_above: LONG_KEYWORD_MAX, fields: { text: { type: 'text' } } };
    case 'text':
      return { type: isFull ? 'match_only_text' : 'text' };
    case 'flattened':
      return { type, ignore_above: KEYWORD_MAX, depth_limit: 20 };
    case 'stored':
      return { type: 'keyword', index: false, doc_values: false };
    default:
      return { type };
  }
}

/** The mapping of an index of alerts. */
export function alertMappings(variant: Variant): Mapping {
  const root: Properties = {};
  for (const [type, lines] of Object.entries(FIELDS)) {
    for (const path of lines.join(' ').split(' ')) {
      place(root, path.split('.'), typeOf(type, variant));
    }
  }
  return { dynamic: false, properties: root };
}

/** The mapping of the states of alerts. */
export function stateMappings(): Mapping {
  const keyword = { type: 'keyword', ignore_above: KEYWORD_MAX };
  const date = { type: 'date' };
  return {
    dynamic: false,
    properties: {
      '@timestamp': date,
      id: keyword,
      level: keyword,
      rule: { properties: { id: keyword } },
      count: { type: 'long' },
      first_seen: date,
      last_seen: date,
      value: { type: 'double' },
      sentence: { type: 'text' },
      evidence: { type: 'object', enabled: false },
    },
  };
}

/** The mapping of what people decide. */
export function triageMappings(): Mapping {
  const keyword = { type: 'keyword', ignore_above: KEYWORD_MAX };
  return {
    dynamic: false,
    properties: {
      id: keyword,
      version: { type: 'long' },
      state: keyword,
      assignee: keyword,
      reason: keyword,
      comment: { type: 'text' },
      changed_at: { type: 'date' },
      changed_by: keyword,
    },
  };
}

interface Properties {
  [name: string]: { properties: Properties } | Mapping;
}

function place(root: Properties, path: readonly string[], mapping: Mapping): void {
  let inner = root;
  for (const name of path.slice(0, -1)) {
    const next = (inner[name] ??= { properties: {} });
    inner = next['properties'] as Properties;
  }
  inner[path[path.length - 1] ?? ''] = mapping;
}
