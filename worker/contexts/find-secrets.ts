import type { SecretFinding } from "#contract/contexts/context-bundle";
import { looksSecret } from "../registry/bundle/secret-files.ts";

/** What keys and passwords look like in a text, by what people call them. None of them is tried anywhere. */
const PATTERNS: readonly [what: string, pattern: RegExp][] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b/],
  ["a Slack token", /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ["an OpenAI or Anthropic key", /\bsk-(?:proj-|ant-|live-|svcacct-)?[A-Za-z0-9_-]{20,}/],
  ["a Stripe key", /\b[rs]k_live_[A-Za-z0-9]{16,}/],
  ["a Google key", /\bAIza[A-Za-z0-9_-]{35}\b/],
  ["a Floom token", /\bflm_(?:pat|svc)_[A-Za-z0-9]{32}/],
  ["a token of npm", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a signed token (JWT)", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ["a password in an address", /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/:@]{3,200}@/i],
  [
    "a key or password",
    /\b[\w-]{0,40}(?:api[_-]?key|secret|passw(?:or)?d|access[_-]?token|auth[_-]?token)["']?\s{0,5}[:=]\s{0,5}["']?[A-Za-z0-9+/_=.-]{16,}/i,
  ],
];

/** A longer line is looked at in parts that share so much with the next one that no secret falls between two. */
const PART_CHARACTERS = 20_000;
const SHARED_CHARACTERS = 1000;
/** So many findings a file is told of. */
const MOST_FINDINGS = 20;

/**
 * Where a file looks as if it held a secret: by its name, as for files of bundles, and by its lines. Never what it is.
 * Bytes that are no text are looked at as if they were, so that a zero byte hides nothing. Pure.
 */
export function findSecrets(path: string, bytes: Uint8Array): SecretFinding[] {
  const findings: SecretFinding[] = looksSecret(path)
    ? [{ path, line: null, pattern: "a file that holds secrets" }]
    : [];
  const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
  let line = 0;
  for (let start = 0; start <= text.length && findings.length < MOST_FINDINGS;) {
    const next = text.indexOf("\n", start);
    const end = next === -1 ? text.length : next;
    line += 1;
    const pattern = matchLine(text.slice(start, end));
    if (pattern !== undefined) findings.push({ path, line, pattern });
    start = end + 1;
  }
  return findings;
}

function matchLine(line: string): string | undefined {
  for (let start = 0; start === 0 || start < line.length; start += PART_CHARACTERS) {
    const part = line.slice(start, start + PART_CHARACTERS + SHARED_CHARACTERS);
    const found = PATTERNS.find(([, pattern]) => pattern.test(part));
    if (found !== undefined) return found[0];
  }
  return undefined;
}
