import { X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openAuthority } from "./authority.ts";
import { certifyHost, makeAuthority, makeKey } from "./certificate.ts";

const now = Date.UTC(2026, 10, 28);
const day = 24 * 3_600_000;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "floom-authority-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("a certificate for a name is taken by a strict reader, for this name alone, from its authority alone", () => {
  const authority = makeAuthority("ours", { from: now - day, until: now + 40 * 365 * day });
  const key = makeKey();
  const until = now + day;
  const pem = certifyHost({ ...authority, name: "ours" }, { name: "api.example.com", key, from: now, until });
  const certificate = new X509Certificate(pem);
  const issuer = new X509Certificate(authority.certificate);
  expect(certificate.checkHost("api.example.com")).toBe("api.example.com");
  expect(certificate.checkHost("example.com")).toBeUndefined();
  expect(certificate.checkIssued(issuer)).toBe(true);
  expect(certificate.verify(issuer.publicKey)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(issuer.ca).toBe(true);
  expect(certificate.validToDate).toEqual(new Date(until));
  expect(issuer.validToDate).toEqual(new Date(now + 40 * 365 * day));
  writeFileSync(path.join(dir, "ca.pem"), authority.certificate);
  writeFileSync(path.join(dir, "host.pem"), pem);
  const at = String(now / 1000 + 60);
  const verify = ["verify", "-x509_strict", "-attime", at, "-purpose", "sslserver", "-CAfile", "ca.pem"];
  expect(execFileSync("openssl", [...verify, "host.pem"], { cwd: dir, encoding: "utf8" })).toBe(
    "host.pem: OK\n",
  );
});

it("an authority is made once for a state directory, is its owner's alone, and is replaced when it is broken or ends", () => {
  let time = now;
  const open = () => openAuthority(dir, () => time).certificate;
  const first = open();
  expect(open()).toBe(first);
  const file = path.join(dir, "egress-authority.pem");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, "broken");
  const second = open();
  expect(second).not.toBe(first);
  time = now + 3640 * day;
  expect(open()).not.toBe(second);
});
