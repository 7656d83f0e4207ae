import { randomBytes } from "node:crypto";

const alphabet = "abcdefghijklmnopqrstuvwxyz012345";

function randomName(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join("");
}

/** A sandbox id: letters and digits only, because E2B puts it into host names. */
export const newSandboxId = (): string => `i${randomName(20)}`;

/** Names the directories of a sandbox. */
export const newSandboxKey = (): string => randomName(8);

/** The secret by which clients reach the inside of one sandbox. */
export const newAccessToken = (): string => randomBytes(32).toString("hex");

/** The secret by which the host makes itself known to one agent. */
export const newAgentToken = (): string => randomBytes(32).toString("hex");
