/** What a person may do beyond looking. */
export type Permission = 'triage' | 'reveal';

/** Who asks. */
export interface Person {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** Somebody who signs in with a password. */
export interface PasswordPerson extends Person {
  /** As `tidegate setup password` prints it. */
  readonly passwordHash: string;
}

/** A proxy in front that has signed people in (OIDC, SAML) and names them in a header. */
export interface ProxyAccess {
  readonly userHeader: string;
  /** Addresses from which the header is believed. */
  readonly from: readonly string[];
  readonly permissions: readonly Permission[];
}

/** How people get in. Without any of the three nobody does. */
export interface AccessSettings {
  /** Of this start, in the printed address; only for loopback. */
  readonly token?: { readonly value: string; readonly person: Person };
  readonly people: readonly PasswordPerson[];
  readonly proxy?: ProxyAccess;
  /** The address under which browsers see the page, when a proxy stands in front. */
  readonly publicUrl?: string;
}
