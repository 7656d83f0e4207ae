import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import type { KeyObject } from "node:crypto";

/**
 * X.509 certificates (RFC 5280), as much of them as the egress proxy needs: one of an authority that signs for names, and
 * one for a single name. Keys are P-256, signatures ECDSA with SHA-256.
 */
export interface CertifiedKey {
  key: KeyObject;
  /** PEM. */
  certificate: string;
}

interface Validity {
  /** Epoch milliseconds. */
  from: number;
  until: number;
}

const TAG = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  oid: 6,
  utf8: 12,
  shortTime: 23,
  longTime: 24,
  sequence: 48,
  set: 49,
};
/** Members that are told by a number: within a certificate always wrapped, within an extension not. */
const wrapped = (number: number) => 0xa0 + number;
const implicit = (number: number) => 0x80 + number;

function encode(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = Buffer.from(length.toString(16).padStart(length < 0x100 ? 2 : 4, "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 + digits.length]), digits, content]);
}

const sequence = (...parts: readonly Buffer[]) => encode(TAG.sequence, ...parts);
const bits = (content: Buffer, unused = 0) => encode(TAG.bits, Buffer.from([unused]), content);

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    bytes.push(...groups);
  }
  return encode(TAG.oid, Buffer.from(bytes));
}

/** Up to 2049 a year is told by two digits, from then on by four (RFC 5280, 4.1.2.5). */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return Number(digits.slice(0, 4)) < 2050
    ? encode(TAG.shortTime, Buffer.from(digits.slice(2), "latin1"))
    : encode(TAG.longTime, Buffer.from(digits, "latin1"));
}

const commonName = (text: string) =>
  sequence(encode(TAG.set, sequence(oid("2.5.4.3"), encode(TAG.utf8, Buffer.from(text)))));

const signedBy = sequence(oid("1.2.840.10045.4.3.2"));
const critical = encode(TAG.boolean, Buffer.from([0xff]));

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [critical] : []), encode(TAG.octets, value));
}

const spkiOf = (key: KeyObject) => createPublicKey(key).export({ type: "spki", format: "der" });
/** What a key is known by in certificates. */
const keyIdOf = (key: KeyObject) => createHash("sha1").update(spkiOf(key)).digest();

interface Wanted extends Validity {
  subject: string;
  issuer: string;
  /** The key that is certified, and the one that certifies it. */
  key: KeyObject;
  signer: KeyObject;
  extensions: readonly Buffer[];
}

function certify({ subject, issuer, key, signer, extensions, from, until }: Wanted): string {
  const serial = randomBytes(16);
  // Positive, and without a leading byte that says nothing.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const ids = [
    extension("2.5.29.14", encode(TAG.octets, keyIdOf(key))),
    extension("2.5.29.35", sequence(encode(implicit(0), keyIdOf(signer)))),
  ];
  const body = sequence(
    encode(wrapped(0), encode(TAG.integer, Buffer.from([2]))),
    encode(TAG.integer, serial),
    signedBy,
    commonName(issuer),
    sequence(time(from), time(until)),
    commonName(subject),
    spkiOf(key),
    encode(wrapped(3), sequence(...extensions, ...ids)),
  );
  const whole = sequence(body, signedBy, bits(sign("sha256", body, signer)));
  const lines = whole.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** A new private key. */
export function makeKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** An authority that certifies names and nothing else: no authority below it. */
export function makeAuthority(name: string, validity: Validity): CertifiedKey {
  const key = makeKey();
  const extensions = [
    extension("2.5.29.19", sequence(critical, encode(TAG.integer, Buffer.from([0]))), true),
    // To sign certificates.
    extension("2.5.29.15", bits(Buffer.from([0x04]), 2), true),
  ];
  const certificate = certify({ subject: name, issuer: name, key, signer: key, extensions, ...validity });
  return { key, certificate };
}

/** A certificate for a server of exactly this name, which is a DNS name in ASCII. */
export function certifyHost(
  authority: CertifiedKey & { name: string },
  host: { name: string; key: KeyObject } & Validity,
): string {
  const extensions = [
    extension("2.5.29.19", sequence(), true),
    extension("2.5.29.15", bits(Buffer.from([0x80]), 7), true),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", sequence(encode(implicit(2), Buffer.from(host.name, "latin1")))),
  ];
  const { name: issuer, key: signer } = authority;
  const { key, from, until } = host;
  // The name itself stands in the extension: a common name has at most 64 characters.
  return certify({ subject: "Floom sandbox", issuer, key, signer, extensions, from, until });
}

/** The key in a PEM text that `exportKey` made. Throws on any other. */
export function readKey(pem: string): KeyObject {
  return createPrivateKey(pem);
}

/** A private key as PEM. */
export function exportKey(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
