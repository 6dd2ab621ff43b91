import { assert } from '../base/assert.ts';
import { parseTime } from '../base/date.ts';
import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import { accountName, deviceName } from './device-name.ts';
import type { Tracker, TrackerStatistics } from './enrichment.ts';
import { ownText } from './own-text.ts';

/** How many tokens are remembered. */
export interface TokenLimits {
  readonly tokensPerHostMax: number;
  /** Over all hosts. */
  readonly tokensMax: number;
  /** For tokens that do not say when they end, and the longest that any is believed. */
  readonly keepMs: number;
}

/** Short-lived tokens of a working day. */
export const TOKEN_LIMITS: TokenLimits = {
  tokensPerHostMax: 512,
  tokensMax: 100_000,
  keepMs: 12 * 3_600_000,
};

interface Token {
  readonly id: string;
  readonly device: string;
  /** Undefined where the log does not say who. */
  readonly user: string | undefined;
  readonly audience: string | undefined;
  readonly from: EventTime;
  readonly expiresAt: EventTime;
}

interface StoredState {
  readonly version: number;
  readonly evicted: number;
  readonly tokens: readonly Token[];
}

const SNAPSHOT_VERSION = 1;
const TEXT_LENGTH_MAX = 255;
const EVICTED_SHARE = 16;

/**
 * Which tokens are valid now on which device, for which user and destination, from the audit logs of a token broker and
 * of Vault, and whether a token is used from another device than it was issued to. A Vault token counts as issued for a
 * destination if its metadata say so (`destination`, `device`); the log names the address that a token was first used
 * from as its device otherwise. What it misses: tokens that were issued before we listened.
 */
export class TokenTracker implements Tracker {
  readonly name: string = 'tokens';
  readonly fields: readonly string[] = [
    'tidegate.token.audiences',
    'tidegate.token.foreign_device',
    'tidegate.token.issued_to',
  ];
  readonly #limits: TokenLimits;
  readonly #byDevice: Map<string, Map<string, Token>> = new Map();
  readonly #byId: Map<string, Token> = new Map();
  #peak = 0;
  #evicted = 0;

  constructor(limits: TokenLimits = TOKEN_LIMITS) {
    this.#limits = limits;
  }

  feeds(event: TelemetryEvent): boolean {
    const { product } = event.logsource;
    return product === 'tidegate' || product === 'hashicorp_vault';
  }

  observe(event: TelemetryEvent): void {
    if (event.logsource.product === 'tidegate') this.#observeBroker(event);
    else this.#observeVault(event);
  }

  enrich(event: TelemetryEvent): boolean {
    if (this.#byId.size === 0) return false;
    return this.feeds(event) ? this.#enrichUse(event) : this.#enrichDeed(event);
  }

  snapshot(): unknown {
    const stored: StoredState = {
      version: SNAPSHOT_VERSION,
      evicted: this.#evicted,
      tokens: [...this.#byId.values()],
    };
    return stored;
  }

  restore(state: unknown): void {
    const stored = state as StoredState;
    assert(stored.version === SNAPSHOT_VERSION, 'the store hands out snapshots of this version');
    this.#byDevice.clear();
    this.#byId.clear();
    for (const token of stored.tokens) this.#add({ ...token });
    this.#evicted = stored.evicted;
  }

  statistics(): TrackerStatistics {
    const fullest = this.#peak / this.#limits.tokensMax;
    return { entries: this.#byId.size, evicted: this.#evicted, fullest };
  }

  #observeBroker(event: TelemetryEvent): void {
    const id = textAt(event, 'token.id');
    if (id === undefined) return;
    const action = textAt(event, 'event.action') ?? textAt(event, 'action');
    if (action === 'revocation' || action === 'expiry') this.#remove(id);
    if (action !== 'grant' || textAt(event, 'event.outcome') === 'failure') return;
    const ends = textAt(event, 'token.expires');
    this.#issue(event, {
      id,
      device: event.host,
      user: textAt(event, 'User'),
      audience: textAt(event, 'token.audience') ?? textAt(event, 'secret.name'),
      expiresAt: ends === undefined ? undefined : parseTime(ends),
    });
  }

  #observeVault(event: TelemetryEvent): void {
    const path = textAt(event, 'secret.name') ?? '';
    if (path.startsWith('auth/token/revoke')) {
      const revoked = textAt(event, 'request.data.accessor') ?? textAt(event, 'token.id');
      if (revoked !== undefined) this.#remove(revoked);
      return;
    }
    const granted = textAt(event, 'response.auth.accessor');
    const used = textAt(event, 'token.id');
    if (granted !== undefined) {
      const seconds = event.get('response.auth.token_ttl');
      this.#issue(event, {
        id: granted,
        device: textAt(event, 'response.auth.metadata.device') ?? event.host,
        user:
          textAt(event, 'response.auth.metadata.user') ??
          textAt(event, 'response.auth.display_name'),
        audience: textAt(event, 'response.auth.metadata.destination'),
        expiresAt: typeof seconds === 'number' ? event.time + seconds * 1000 : undefined,
      });
    } else if (used !== undefined && !this.#byId.has(used)) {
      // Issued before we listened: its first use stands for it.
      this.#issue(event, {
        id: used,
        device: event.host,
        user: undefined,
        audience: undefined,
        expiresAt: undefined,
      });
    }
  }

  #issue(event: TelemetryEvent, issue: Issue): void {
    const longest = event.time + this.#limits.keepMs;
    this.#add({
      id: own(issue.id),
      device: own(deviceName(issue.device)),
      user: issue.user === undefined ? undefined : own(accountName(issue.user)),
      audience: issue.audience === undefined ? undefined : own(issue.audience.toLowerCase()),
      from: event.time,
      expiresAt: Math.min(issue.expiresAt ?? longest, longest),
    });
    this.#keepLimits(deviceName(issue.device), event.time);
  }

  #add(token: Token): void {
    this.#remove(token.id);
    this.#byId.set(token.id, token);
    const onDevice = this.#byDevice.get(token.device) ?? new Map<string, Token>();
    onDevice.set(token.id, token);
    this.#byDevice.set(token.device, onDevice);
    this.#peak = Math.max(this.#peak, this.#byId.size);
  }

  #remove(id: string): void {
    const token = this.#byId.get(id);
    if (token === undefined) return;
    this.#byId.delete(id);
    const onDevice = this.#byDevice.get(token.device);
    onDevice?.delete(id);
    if (onDevice?.size === 0) this.#byDevice.delete(token.device);
  }

  // A device's quota first, so that one that is granted tokens without end forgets only its own.
  #keepLimits(device: string, now: EventTime): void {
    const onDevice = this.#byDevice.get(device);
    if (onDevice !== undefined && onDevice.size > this.#limits.tokensPerHostMax) {
      this.#evict([...onDevice.values()], now);
    }
    if (this.#byId.size > this.#limits.tokensMax) this.#evict([...this.#byId.values()], now);
  }

  // Earliest end first, then the id: the same log evicts the same tokens. Those that have ended are not missed.
  #evict(tokens: Token[], now: EventTime): void {
    tokens.sort((a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1));
    const count = Math.ceil(tokens.length / EVICTED_SHARE);
    for (const [index, token] of tokens.entries()) {
      const isOver = token.expiresAt < now;
      if (index >= count && !isOver) break;
      this.#remove(token.id);
      if (!isOver) this.#evicted += 1;
    }
  }

  // What was used where: a token that is shown by another device than the one that it was issued to.
  #enrichUse(event: TelemetryEvent): boolean {
    const token = this.#byId.get(textAt(event, 'token.id') ?? '');
    if (token === undefined) return false;
    event.derived.set('tidegate.token.issued_to', token.device);
    if (deviceName(event.host) !== token.device) {
      event.derived.set('tidegate.token.foreign_device', true);
    }
    return true;
  }

  #enrichDeed(event: TelemetryEvent): boolean {
    const onDevice = this.#byDevice.get(deviceName(event.host));
    if (onDevice === undefined) return false;
    const name = textAt(event, 'User') ?? event.process()?.user;
    const user = name === undefined ? undefined : accountName(name);
    const audiences = new Set<string>();
    for (const token of onDevice.values()) {
      const isNow = token.from <= event.time && event.time < token.expiresAt;
      // A sensor that does not tell the user is not held against the token.
      const isTheirs = user === undefined || token.user === undefined || token.user === user;
      if (isNow && isTheirs && token.audience !== undefined) audiences.add(token.audience);
    }
    if (audiences.size === 0) return false;
    event.derived.set('tidegate.token.audiences', [...audiences]);
    return true;
  }
}

interface Issue {
  readonly id: string;
  readonly device: string;
  readonly user: string | undefined;
  readonly audience: string | undefined;
  readonly expiresAt: EventTime | undefined;
}

function own(text: string): string {
  return ownText(text, TEXT_LENGTH_MAX);
}

function textAt(event: TelemetryEvent, field: string): string | undefined {
  const value: FieldValue | undefined = event.get(field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
