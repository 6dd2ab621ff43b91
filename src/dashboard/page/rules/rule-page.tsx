import type { JSX } from 'preact';

import type { AlertPage } from '../../api/shapes.ts';
import { RuleText, useRule } from '../alert/rule-text.tsx';
import { Severity } from '../parts/severity.tsx';
import { Value } from '../parts/value.tsx';
import { moment } from '../times.ts';
import { useAnswer } from '../use-answer.ts';
import { RuleState } from './rules-page.tsx';

const NO_MARKS: ReadonlyMap<number, string> = new Map();

/** One rule: what it looks for, what it misses, what it found last. */
export function RulePage({ id }: { readonly id: string }): JSX.Element {
  const rule = useRule(id);
  const found = useAnswer<AlertPage>(
    `/alerts?rule=${encodeURIComponent(id)}&state=open,acknowledged,closed&limit=20`,
  );
  if (rule === null) {
    return (
      <main id="main" class="scroll-page" tabIndex={0}>
        <p class="panel pad" role="alert">
          No rule of this id is loaded here. <a href="/rules">All rules</a>
        </p>
      </main>
    );
  }
  if (rule === undefined) return <main id="main" class="scroll-page" tabIndex={0} />;
  return (
    <main id="main" class="scroll-page" tabIndex={0}>
      <div class="page-head">
        <p class="crumbs quiet">
          <a href="/rules">Rules</a> /
        </p>
        <h1>
          <Value text={rule.title} />
        </h1>
        <p class="alert-line">
          <Severity level={rule.level} isChip />
          <RuleState rule={rule} />
          <span class="quiet">
            <Value text={rule.status} />
          </span>
          <span class="tags">
            {rule.tags.map((tag) => (
              <span class="tag" key={tag}>
                <Value text={tag} />
              </span>
            ))}
          </span>
        </p>
        {rule.reason !== null && (
          <p class="high">
            <Value text={rule.reason} />
          </p>
        )}
        {rule.description?.split(/\n\s*\n/).map((part) => (
          <p key={part}>
            <Value text={part.replace(/\s+/g, ' ').trim()} />
          </p>
        ))}
        {rule.falsePositives.length > 0 && (
          <>
            <h2>What fires it wrongly</h2>
            <ul class="plain-list">
              {rule.falsePositives.map((text) => (
                <li key={text}>
                  <Value text={text} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <section class="panel" aria-label="Rule text">
        <header>
          <h2>Text</h2>
          <span class="quiet">
            <Value text={`${rule.file}:${rule.line}`} isCode />
          </span>
        </header>
        {rule.text === null ? (
          <p class="pad quiet">Its text can not be read.</p>
        ) : (
          <RuleText text={rule.text} marks={NO_MARKS} />
        )}
        {rule.uses.length > 0 && (
          <p class="pad">
            Counts:{' '}
            {rule.uses.map((used) => (
              <a key={used} href={`/rules/${encodeURIComponent(used)}`}>
                <Value text={used} />{' '}
              </a>
            ))}
          </p>
        )}
      </section>
      <section class="panel" aria-label="Last alerts">
        <header>
          <h2>Last alerts</h2>
          <a href={`/alerts?state=open,acknowledged,closed&rule=${encodeURIComponent(id)}`}>All</a>
        </header>
        {found.value?.alerts.length === 0 && <p class="pad quiet">It has found nothing yet.</p>}
        <ul class="related">
          {found.value?.alerts.map((row) => (
            <li key={row.id}>
              <a href={`/alerts/${encodeURIComponent(row.id)}`}>
                <span class="related-text">
                  <Value text={row.sentence} />
                </span>
                <time class="quiet">{moment(row.last)}</time>
              </a>
            </li>
          ))}
        </ul>
      </section>
    </main>
  );
}
