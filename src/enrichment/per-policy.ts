import type { Policy } from '../policy/policy.ts';

/** What `make` makes of a policy: once for each policy, however many events and derivations ask. */
export function perPolicy<T>(make: (policy: Policy) => T): (policy: Policy) => T {
  const made = new WeakMap<Policy, T>();
  return (policy) => {
    const known = made.get(policy);
    if (known !== undefined) return known;
    const value = make(policy);
    made.set(policy, value);
    return value;
  };
}
