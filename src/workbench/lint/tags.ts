import type { Rule } from '../../language/tree.ts';
import { threatOf } from '../../alert/threat.ts';
import type { Findings } from './findings.ts';
import { knownThreats } from './threats.ts';

/** Tags against the techniques and tactics of today. */
export function checkTags(rule: Rule, findings: Findings): void {
  const seen = new Set<string>();
  for (const [index, tag] of rule.tags.entries()) {
    const path = ['tags', String(index)];
    const folded = tag.toLowerCase();
    if (seen.has(folded)) findings.at('repeated-tag', rule, path, `the tag ${tag} stands twice`);
    seen.add(folded);
    const separator = folded.indexOf('.');
    const namespace = folded.slice(0, separator);
    const value = folded.slice(separator + 1);
    if (namespace === 'attack') checkAttack(rule, value, path, findings);
    if (namespace === 'atlas') checkAtlas(rule, value, path, findings);
  }
}

// Groups (g0012) and software (s0002) are named by tags too; their lists are not kept here.
const GROUP_OR_SOFTWARE = /^(?:[gsc]|ds)[0-9]{4}$/;

function checkAttack(rule: Rule, value: string, path: readonly string[], findings: Findings): void {
  if (GROUP_OR_SOFTWARE.test(value)) return;
  const { techniques, moved, retired } = knownThreats().attack;
  const id = value.toUpperCase();
  if (/^T[0-9]/.test(id)) {
    if (Object.hasOwn(techniques, id)) return;
    const target = Object.hasOwn(moved, id) ? moved[id] : undefined;
    if (target !== undefined) {
      const name = techniques[target] ?? '';
      findings.at('moved-technique', rule, path, `${id} is ${target} (${name}) now`);
    } else if (retired.includes(id)) {
      findings.at('retired-technique', rule, path, `ATT&CK has retired ${id}`);
    } else {
      findings.at('unknown-technique', rule, path, `ATT&CK has no technique ${id}`);
    }
  } else if (threatOf([`attack.${value}`]) === undefined) {
    findings.at('unknown-tactic', rule, path, `ATT&CK has no tactic "${value}"`);
  }
}

function checkAtlas(rule: Rule, value: string, path: readonly string[], findings: Findings): void {
  const id = value.toUpperCase();
  if (/^AML\.T[0-9]/.test(id)) {
    if (knownThreats().atlas.techniques.includes(id)) return;
    findings.at('unknown-technique', rule, path, `ATLAS has no technique ${id}`);
  } else if (threatOf([`atlas.${value}`]) === undefined) {
    findings.at('unknown-tactic', rule, path, `ATLAS has no tactic "${value}"`);
  }
}
