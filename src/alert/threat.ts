import type { EcsDocument } from '../event/event.ts';

/**
 * What the tags of a rule say in the words of ATT&CK and ATLAS, as ECS `threat.*`; undefined when
 * nothing.
 */
export function threatOf(tags: readonly string[]): EcsDocument | undefined {
  const tactics = new Map<string, string>();
  const techniques = new Set<string>();
  const subtechniques = new Set<string>();
  const frameworks = new Set<string>();
  for (const tag of tags) {
    const separator = tag.indexOf('.');
    const framework = FRAMEWORKS.get(tag.slice(0, separator).toLowerCase());
    if (framework === undefined) continue;
    const name = tag.slice(separator + 1).toLowerCase();
    const technique = TECHNIQUE.exec(name);
    if (technique !== null) {
      const id = framework.prefix + (technique[1] ?? '').toUpperCase();
      techniques.add(id);
      if (technique[2] !== undefined) subtechniques.add(`${id}.${technique[2]}`);
    } else {
      const tactic = framework.tactics.get(name.replaceAll('_', '-'));
      if (tactic === undefined) continue;
      tactics.set(framework.prefix + tactic.id, tactic.name);
    }
    frameworks.add(framework.name);
  }
  if (frameworks.size === 0) return undefined;
  const threat: EcsDocument = { framework: oneOrMany([...frameworks]) };
  if (tactics.size > 0) {
    threat['tactic'] = { id: [...tactics.keys()], name: [...tactics.values()] };
  }
  if (techniques.size > 0) {
    threat['technique'] = {
      id: [...techniques],
      reference: [...techniques].map(reference),
      ...(subtechniques.size > 0
        ? {
            subtechnique: { id: [...subtechniques], reference: [...subtechniques].map(reference) },
          }
        : {}),
    };
  }
  return threat;
}

interface Tactic {
  readonly id: string;
  readonly name: string;
}

interface Framework {
  readonly name: string;
  readonly prefix: string;
  readonly tactics: ReadonlyMap<string, Tactic>;
}

const TECHNIQUE = /^(?:aml\.)?(t\d{4})(?:\.(\d{3}))?$/;

function reference(id: string): string {
  return id.startsWith('AML.')
    ? `https://atlas.mitre.org/techniques/${id}`
    : `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`;
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

/** Keys are the names that tags use, and the ids, because rules write both. */
function tacticTable(rows: readonly (readonly [string, string])[]): ReadonlyMap<string, Tactic> {
  const table = new Map<string, Tactic>();
  for (const [id, name] of rows) {
    const tactic = { id, name };
    table.set(name.toLowerCase().replaceAll(' ', '-'), tactic);
    table.set(id.toLowerCase(), tactic);
    table.set(`aml.${id.toLowerCase()}`, tactic);
  }
  return table;
}

// ATT&CK v19 (April 2026) retired Defense Evasion: TA0005 is now called Stealth, and Defense
// Impairment (TA0112) is new. Rules of both generations are in use, each keeps the name that it was
// written with.
const ATTACK_TACTICS = tacticTable([
  ['TA0043', 'Reconnaissance'],
  ['TA0042', 'Resource Development'],
  ['TA0001', 'Initial Access'],
  ['TA0002', 'Execution'],
  ['TA0003', 'Persistence'],
  ['TA0004', 'Privilege Escalation'],
  ['TA0005', 'Defense Evasion'],
  ['TA0005', 'Stealth'],
  ['TA0112', 'Defense Impairment'],
  ['TA0006', 'Credential Access'],
  ['TA0007', 'Discovery'],
  ['TA0008', 'Lateral Movement'],
  ['TA0009', 'Collection'],
  ['TA0011', 'Command and Control'],
  ['TA0010', 'Exfiltration'],
  ['TA0040', 'Impact'],
]);

// ATLAS 5.6.0.
const ATLAS_TACTICS = tacticTable([
  ['TA0000', 'AI Model Access'],
  ['TA0001', 'AI Attack Staging'],
  ['TA0002', 'Reconnaissance'],
  ['TA0003', 'Resource Development'],
  ['TA0004', 'Initial Access'],
  ['TA0005', 'Execution'],
  ['TA0006', 'Persistence'],
  ['TA0007', 'Defense Evasion'],
  ['TA0008', 'Discovery'],
  ['TA0009', 'Collection'],
  ['TA0010', 'Exfiltration'],
  ['TA0011', 'Impact'],
  ['TA0012', 'Privilege Escalation'],
  ['TA0013', 'Credential Access'],
  ['TA0014', 'Command and Control'],
  ['TA0015', 'Lateral Movement'],
]);

const FRAMEWORKS: ReadonlyMap<string, Framework> = new Map([
  ['attack', { name: 'MITRE ATT&CK', prefix: '', tactics: ATTACK_TACTICS }],
  ['atlas', { name: 'MITRE ATLAS', prefix: 'AML.', tactics: ATLAS_TACTICS }],
]);
