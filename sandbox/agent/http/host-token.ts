import { closeSync, readFileSync } from "node:fs";

/** The host knows it by the same number. */
const TOKEN_FD = 7;

/**
 * The secret that the host says with every request, read from the descriptor it was handed over by and nowhere else
 * to be found. Throws without one: an agent that answers anybody must not run.
 */
export function readHostToken(): string {
  const token = readFileSync(TOKEN_FD, "utf8");
  closeSync(TOKEN_FD);
  if (token === "") throw new Error("the host handed over no token");
  return token;
}
