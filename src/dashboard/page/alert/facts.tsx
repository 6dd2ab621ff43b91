import type { JSX } from 'preact';

import { textAt, valueAt } from '../../../alert/ecs-path.ts';
import { bytesInWords, countInWords, spanInWords } from '../../../alert/words.ts';
import type { AlertInFull } from '../../api/shapes.ts';
import { Value } from '../parts/value.tsx';
import { clockSeconds, day, zone } from '../times.ts';

/** Who, where, how much, when: each with what gives it its meaning. */
export function Facts({ alert }: { readonly alert: AlertInFull }): JSX.Element {
  const { document } = alert;
  const os = textAt(document, 'host.os.name') ?? textAt(document, 'host.os.type');
  const sent =
    valueAt(document, 'source.bytes') ?? valueAt(document, 'tidegate.payload.base64_bytes');
  const spanMs = valueAt(document, 'tidegate.window.timespan_ms');
  const windowWords = typeof spanMs === 'number' ? ` in ${spanInWords(spanMs)}` : '';
  const where = (kind: string, name: string): string =>
    `/agents/${kind}/${encodeURIComponent(name)}`;
  return (
    <dl class="panel facts">
      <div>
        <dt>Agent</dt>
        <dd>
          <b>
            {alert.agent === null ? (
              '—'
            ) : (
              <a href={where('agent', alert.agent)}>
                <Value text={alert.agent} />
              </a>
            )}
          </b>
        </dd>
        <dd class="quiet">
          <Value text={textAt(document, 'process.name')} />
        </dd>
      </div>
      <div>
        <dt>Host</dt>
        <dd>
          <b>
            <a href={where('host', alert.host)}>
              <Value text={alert.host} />
            </a>
          </b>
        </dd>
        <dd class="quiet">
          <Value text={os} />
        </dd>
      </div>
      <div>
        <dt>User</dt>
        <dd>
          <b>
            {alert.user === null ? (
              '—'
            ) : (
              <a href={where('user', alert.user)}>
                <Value text={alert.user} />
              </a>
            )}
          </b>
        </dd>
        <dd class="quiet">
          <Value text={textAt(document, 'user.domain')} />
        </dd>
      </div>
      <div>
        <dt>Value</dt>
        <dd>
          <b>{countInWords(alert.value ?? alert.count)}</b>, {countInWords(alert.count)} events in
          all
        </dd>
        <dd class="quiet">
          {alert.limit === null
            ? 'no limit: one event'
            : `limit ${countInWords(alert.limit)}${windowWords}`}
        </dd>
      </div>
      {alert.destination !== null && (
        <div>
          <dt>Sent to</dt>
          <dd>
            <b>
              <Value text={alert.destination} />
            </b>
          </dd>
          <dd class="quiet">
            {typeof sent === 'number' ? `${bytesInWords(sent)} in one event` : ''}
          </dd>
        </div>
      )}
      <div>
        <dt>First to last event</dt>
        <dd>
          <b>
            {clockSeconds(alert.first)} to {clockSeconds(alert.last)}
          </b>
        </dd>
        <dd class="quiet">
          {day(alert.first)} · {zone(alert.first)}
        </dd>
      </div>
    </dl>
  );
}
