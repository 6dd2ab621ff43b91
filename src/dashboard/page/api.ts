import type { Permission } from '../access/people.ts';

/** Who is signed in, and what this server offers. */
export interface Me {
  readonly person: string;
  readonly permissions: readonly Permission[];
  readonly csrf: string;
  readonly version: string;
  readonly linkTemplate: string | null;
  readonly canReveal: boolean;
  readonly now: number;
}

/** An answer that is none: what failed, in words. `status` is 0 when nobody answered. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, body: unknown) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

let csrf = 'none';

/** Notes the secret that changes need. */
export function signedIn(me: Me): void {
  ({ csrf } = me);
}

/** Asks the API. Throws an ApiProblem when the answer is none. */
export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request('GET', path, undefined, signal)) as T;
}

export async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await request(method, path, body)) as T;
}

/** As text, for what is no JSON. */
export async function askText(path: string): Promise<string> {
  const response = await fetch(`/api/v1${path}`, { credentials: 'same-origin' });
  if (!response.ok) throw new ApiProblem(response.status, response.statusText, undefined);
  return response.text();
}

async function request(
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'x-tidegate-csrf': csrf }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiProblem(0, 'the server does not answer', undefined);
  }
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  throw new ApiProblem(response.status, detailOf(answer) ?? response.statusText, answer);
}

function detailOf(answer: unknown): string | undefined {
  const detail = (answer as { readonly detail?: unknown } | undefined)?.detail;
  return typeof detail === 'string' ? detail : undefined;
}
