/**
 * The error of Stirling's formula: ln Γ(x) - ((x - 1/2) ln x - x + ln(2π)/2), for x >= 10 (DLMF 5.11.1).
 * The first term left out is below 3e-17.
 */
export function stirlingError(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (const coefficient of stirlingCoefficients) sum = sum * square + coefficient;
  return sum / x;
}

// Bernoulli numbers B(2k) / (2k (2k - 1)), highest first.
const stirlingCoefficients = [1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12];
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
/** From here on Stirling's formula is good to the last digits. */
export const stirlingFrom = 10;

/** ln Γ(x) for x > 0: Stirling's formula after a shift by Γ(x + 1) = x Γ(x). */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  for (; shifted < stirlingFrom; shifted++) product *= shifted;
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + stirlingError(shifted) - Math.log(product)
  );
}

/**
 * ln B(a, b) for a, b > 0, without the cancellation of ln Γ(a) + ln Γ(b) - ln Γ(a + b) where one is large
 * (Didonato and Morris 1992, ACM TOMS 18, algorithm 708, section on BETALN).
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < stirlingFrom) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const error = stirlingError(large) - stirlingError(small + large);
  const shrink = (large - 0.5) * Math.log1p(-small / (small + large));
  if (small < stirlingFrom) return logGamma(small) + error + small - small * Math.log(small + large) + shrink;
  return (
    halfLogTwoPi -
    0.5 * Math.log(large) +
    stirlingError(small) +
    error +
    (small - 0.5) * Math.log(small / (small + large)) +
    large * Math.log1p(-small / (small + large))
  );
}
