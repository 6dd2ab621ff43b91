/**
 * A sum of doubles without rounding, for windows that add and subtract for months: kept as an
 * expansion of doubles that do not overlap (Shewchuk 1997, "Adaptive precision floating-point
 * arithmetic"), so what was added and taken out again leaves nothing behind. For integers below
 * 2^53 it is one double.
 */
export class ExactSum {
  #parts: number[] = [];

  /** The value must be finite and far enough from overflow for the sum to be finite too. */
  add(value: number): void {
    let carry = value;
    let kept = 0;
    for (const part of this.#parts) {
      const isLarger = Math.abs(carry) >= Math.abs(part);
      const large = isLarger ? carry : part;
      const small = isLarger ? part : carry;
      const sum = large + small;
      const rest = small - (sum - large);
      if (rest !== 0) this.#parts[kept++] = rest;
      carry = sum;
    }
    this.#parts.length = kept;
    if (carry !== 0) this.#parts.push(carry);
  }

  /** The double nearest to the sum (of two equally near, the even one), whatever way led to it. */
  get value(): number {
    let at = this.#parts.length - 1;
    let sum = this.#parts[at] ?? 0;
    let rest = 0;
    while (at > 0 && rest === 0) {
      at -= 1;
      const part = this.#parts[at] ?? 0;
      const next = sum + part;
      rest = part - (next - sum);
      sum = next;
    }
    // A rest of exactly half a unit was rounded without a look at the smaller parts; they break the
    // tie.
    const below = at > 0 ? (this.#parts[at - 1] ?? 0) : 0;
    if (rest !== 0 && Math.sign(below) === Math.sign(rest)) {
      const twice = rest * 2;
      const corrected = sum + twice;
      if (corrected - sum === twice) return corrected;
    }
    return sum;
  }
}
