/** How many mutations are tried: some in every `npm test`, more in CI (`CI_FUZZ=1`), any number with `FUZZ_RUNS`. */
export function fuzzRuns(some: number, more: number): number {
  return Number(process.env.FUZZ_RUNS ?? (process.env.CI_FUZZ ? more : some));
}
