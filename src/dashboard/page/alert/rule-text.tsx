import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { textsAt } from '../../../alert/ecs-path.ts';
import { countInWords } from '../../../alert/words.ts';
import type { LoadedRule } from '../../api/pipeline-shapes.ts';
import type { AlertInFull } from '../../api/shapes.ts';
import { ask } from '../api.ts';
import { Value } from '../parts/value.tsx';

export interface RuleWithText extends LoadedRule {
  readonly text: string | null;
}

/** A rule as it is loaded; undefined while it is asked for, null when it is not loaded here. */
export function useRule(id: string | undefined): RuleWithText | null | undefined {
  const [rule, setRule] = useState<RuleWithText | null | undefined>();
  useEffect(() => {
    if (id === undefined) return undefined;
    const abort = new AbortController();
    ask<RuleWithText>(`/rules/${encodeURIComponent(id)}`, abort.signal).then(setRule, () => {
      if (!abort.signal.aborted) setRule(null);
    });
    return () => abort.abort();
  }, [id]);
  return rule;
}

interface RuleTextProps {
  readonly text: string;
  /** Lines to mark, from 0, and what stands beside them. */
  readonly marks: ReadonlyMap<number, string>;
}

/** The text of a rule with line numbers; what matched is marked with a bar and a ground. */
export function RuleText({ text, marks }: RuleTextProps): JSX.Element {
  return (
    <pre class="rule-text" tabIndex={0} role="region" aria-label="Rule text">
      {text
        .trimEnd()
        .split('\n')
        .map((line, place) => {
          const note = marks.get(place);
          return (
            <div key={place} class={note === undefined ? 'line' : 'line marked'}>
              <span class="line-number" aria-hidden="true">
                {place + 1}
              </span>
              <Line text={line} />
              <span class="note">{note ?? ''}</span>
            </div>
          );
        })}
    </pre>
  );
}

function Line({ text }: { readonly text: string }): JSX.Element {
  const [, start = '', name, rest = ''] =
    /^(\s*(?:- )?)(?:([\w.|%-]+):(?= |$))?(.*)$/.exec(text) ?? [];
  return (
    <code>
      {start}
      {name !== undefined && (
        <>
          <span class="key">
            <Value text={name} isCode />
          </span>
          :
        </>
      )}
      {rest !== '' && <Value text={rest} isCode />}
    </code>
  );
}

/** The rule of an alert, and the rules that it counts, with what matched. */
export function AlertRule({ alert }: { readonly alert: AlertInFull }): JSX.Element {
  const rule = useRule(alert.ruleId);
  const matched = textsAt(alert.document, 'tidegate.matched');
  if (rule === undefined) return <section class="panel" id="section-5" aria-label="Rule" />;
  return (
    <section class="panel rule" id="section-5" aria-label="Rule">
      <header>
        <h2>Rule</h2>
        <span class="quiet">
          <Value text={alert.rule} />
        </span>
        {rule !== null && <a href={`/rules/${encodeURIComponent(alert.ruleId)}`}>Open rule</a>}
      </header>
      {rule === null || rule.text === null ? (
        <p class="quiet pad">This rule is not loaded here, so its text can not be shown.</p>
      ) : (
        <RuleText text={rule.text} marks={marksOf(rule.text, matched, alert)} />
      )}
      {rule?.uses
        .filter((id) => matched.includes(id))
        .map((id) => (
          <UsedRule key={id} id={id} alert={alert} />
        ))}
    </section>
  );
}

function UsedRule(props: { readonly id: string; readonly alert: AlertInFull }): JSX.Element | null {
  const rule = useRule(props.id);
  if (rule === undefined || rule === null || rule.text === null) return null;
  const kept = props.alert.evidence.filter((entry) => entry['rule'] === props.id).length;
  const words = `${countInWords(kept)} of the kept events`;
  return (
    <details open>
      <summary>
        counts <Value text={rule.title} />: {words}
      </summary>
      <RuleText text={rule.text} marks={selectionMarks(rule.text, words)} />
    </details>
  );
}

/** Marks the selections that matched, and the condition that was reached. */
function marksOf(
  text: string,
  matched: readonly string[],
  { value, limit }: AlertInFull,
): ReadonlyMap<number, string> {
  const marks = new Map<number, string>();
  const lines = text.split('\n');
  for (const [place, line] of lines.entries()) {
    const name = /^ +([\w.-]+):/.exec(line)?.[1];
    if (name !== undefined && matched.includes(name)) {
      markBlock(lines, place, 'matched', marks);
    } else if (limit !== null && /^\s+(?:gte?|lte?|eq|neq): /.test(line)) {
      marks.set(place, `${countInWords(value ?? limit)}, limit ${countInWords(limit)}`);
    } else if (limit !== null && /^\s+condition: *\{/.test(line)) {
      marks.set(place, `${countInWords(value ?? limit)}, limit ${countInWords(limit)}`);
    }
  }
  return marks;
}

/** In a rule that others count: its selections without `not` before them. */
function selectionMarks(text: string, words: string): ReadonlyMap<number, string> {
  const marks = new Map<number, string>();
  const lines = text.split('\n');
  const condition = /^ +condition: (.*)$/m.exec(text)?.[1] ?? '';
  for (const [place, line] of lines.entries()) {
    const name = /^ {2,4}([\w-]+):/.exec(line)?.[1];
    if (name === undefined || !new RegExp(`(?<!not )\\b${name}\\b`).test(condition)) continue;
    if (name !== 'condition') markBlock(lines, place, words, marks);
  }
  return marks;
}

function markBlock(
  lines: readonly string[],
  from: number,
  words: string,
  marks: Map<number, string>,
): void {
  const depth = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;
  marks.set(from, words);
  const own = depth(lines[from] ?? '');
  for (let place = from + 1; place < lines.length && depth(lines[place] ?? '') > own; place++) {
    marks.set(place, '');
  }
}
