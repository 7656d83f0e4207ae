/**
 * How many cases a fuzz test tries. So many in every run of the tests; `FUZZ_CASES=10000 npm test -- --only unit` tries
 * more of the same, from the same seeds.
 */
export const fuzzCases = Number(process.env["FUZZ_CASES"] ?? 2500);
