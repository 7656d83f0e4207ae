import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import type { HostHeaders } from "../egress/header-rules.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const headersSchema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * What is put into a sandbox's requests is secret, and has to outlive this process: it lies in the sandbox's record by
 * AES-256-GCM, bound to the sandbox, under a key that follows from the server's own.
 */
export class HeaderVault {
  readonly #key: Uint8Array;

  /** `serverKey`: a secret text of the server's own. */
  constructor(serverKey: string) {
    this.#key = new Uint8Array(hkdfSync("sha256", serverKey, "", "floom sandbox headers v1", 32));
  }

  /** The member of a record for these headers; none where there are none. */
  seal(sandboxId: string, headers: HostHeaders): Pick<SandboxRecord, "sealed_headers"> {
    if (Object.keys(headers).length === 0) return {};
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(sandboxId));
    const text = Buffer.concat([cipher.update(JSON.stringify(headers), "utf8"), cipher.final()]);
    return { sealed_headers: Buffer.concat([nonce, text, cipher.getAuthTag()]).toString("base64") };
  }

  /** The headers of a record. Throws when they were sealed by another server, or for another sandbox. */
  open({ id, sealed_headers }: Pick<SandboxRecord, "id" | "sealed_headers">): HostHeaders {
    if (sealed_headers === undefined) return {};
    const bytes = Buffer.from(sealed_headers, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return headersSchema.parse(JSON.parse(Buffer.concat(text).toString("utf8")));
  }
}
