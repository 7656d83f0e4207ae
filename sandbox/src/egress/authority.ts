import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import fs from "node:fs";
import path from "node:path";
import { certifyHost, exportKey, makeAuthority, makeKey, readKey } from "./certificate.ts";
import type { CertifiedKey } from "./certificate.ts";

const FILE = "egress-authority.pem";
const NAME = "Floom sandbox egress (this machine)";
const DAY_MS = 24 * 3_600_000;
const AUTHORITY_DAYS = 3650;
/** A sandbox lives a day at most; one that begins later than this finds an authority that lasts. */
const RENEWED_BEFORE_DAYS = 30;
const HOST_DAYS = 7;
/** Certificates are made anew when they are older. */
const KEPT_MS = DAY_MS;
/** So many hosts are remembered; beyond them all are forgotten. */
const MOST_HOSTS = 1000;

/**
 * Certifies names towards the sandboxes of one server. Its key lies in the server's state, readable by its owner alone, and
 * is trusted nowhere but inside sandboxes.
 */
export class Authority {
  readonly #own: CertifiedKey;
  readonly #hostKey = makeKey();
  readonly #now: () => number;
  readonly #contexts = new Map<string, { context: SecureContext; madeAt: number }>();

  constructor(own: CertifiedKey, now: () => number) {
    this.#own = own;
    this.#now = now;
  }

  /** PEM. */
  get certificate(): string {
    return this.#own.certificate;
  }

  /** PEM; from it a key is derived for what a server keeps of its sandboxes. */
  get keyText(): string {
    return exportKey(this.#own.key);
  }

  /** With what a server of this name answers. */
  contextFor(host: string): SecureContext {
    const now = this.#now();
    const known = this.#contexts.get(host);
    if (known !== undefined && now - known.madeAt < KEPT_MS) return known.context;
    const validity = { from: now - DAY_MS, until: now + HOST_DAYS * DAY_MS };
    const cert = certifyHost({ ...this.#own, name: NAME }, { name: host, key: this.#hostKey, ...validity });
    const context = createSecureContext({ key: exportKey(this.#hostKey), cert, minVersion: "TLSv1.2" });
    if (this.#contexts.size >= MOST_HOSTS) this.#contexts.clear();
    this.#contexts.set(host, { context, madeAt: now });
    return context;
  }
}

function readAuthority(file: string, now: number): CertifiedKey | undefined {
  try {
    const text = fs.readFileSync(file, "utf8");
    const certificate = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n/.exec(text)?.[0];
    if (certificate === undefined) return undefined;
    const parsed = new X509Certificate(certificate);
    const key = readKey(text);
    const lasts = Date.parse(parsed.validTo) - now > RENEWED_BEFORE_DAYS * DAY_MS;
    return lasts && parsed.checkPrivateKey(key) ? { key, certificate } : undefined;
  } catch {
    return undefined;
  }
}

/** An authority that nobody has heard of yet. */
export function makeOwnAuthority(now: number): CertifiedKey {
  return makeAuthority(NAME, { from: now - DAY_MS, until: now + AUTHORITY_DAYS * DAY_MS });
}

/** The authority of a state directory; a new one where there is none that is whole and lasts. */
export function openAuthority(stateDir: string, now: () => number): Authority {
  const file = path.join(stateDir, FILE);
  const known = readAuthority(file, now());
  if (known !== undefined) return new Authority(known, now);
  const made = makeOwnAuthority(now());
  fs.writeFileSync(`${file}.new`, exportKey(made.key) + made.certificate, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
  return new Authority(made, now);
}
