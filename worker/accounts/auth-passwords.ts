import { hashPassword as hash, verifyPassword as verify } from "better-auth/crypto";

/** The hash of a password, by scrypt with a salt of its own: what people's own passwords are kept as. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** Whether it is the password of this hash. */
export function verifyPassword(password: string, stored: string): Promise<boolean> {
  return verify({ password, hash: stored });
}
