import { secretLimits } from "#contract/secrets/limits";
import { secretNameSchema } from "#contract/secrets/secret";
import type { ProblemError } from "#contract/problem";
import { isReservedSecret } from "../registry/declared.ts";

/** What the system itself reads from the environment: a secret of such a name would put other programs in its place. */
const ofTheSystem =
  /^(?:PATH|HOME|USER|SHELL|IFS|LD_\w+|PYTHON(?:HOME|PATH|STARTUP)|NODE_OPTIONS|BASH_ENV|ENV)$/;
const nameForm = "1 to 64 capital letters, digits and underscores, a letter first";
const mostBytes = secretLimits.secret_bytes.value;

/** What is wrong with a secret before it is kept; nothing of the value is repeated. Pure. */
export function judgeSecret(name: string, value: string): ProblemError[] {
  const errors: ProblemError[] = [];
  const named = secretNameSchema.safeParse(name);
  if (!named.success) errors.push({ pointer: "/name", detail: `needs ${nameForm}` });
  else if (isReservedSecret(name) || ofTheSystem.test(name))
    errors.push({ pointer: "/name", detail: "belongs to the platform or to the system" });
  if (new TextEncoder().encode(value).byteLength > mostBytes)
    errors.push({ pointer: "/value", detail: `is longer than ${mostBytes} bytes` });
  // A key in PEM has lines; a program finds no other control character in its environment unharmed.
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value))
    errors.push({ pointer: "/value", detail: "holds a control character that is no tab and no line end" });
  return errors;
}

/** The names among `names` that are not set, or are kept to other workers. Pure. */
export function findMissing(
  want: { workerId: string; names: readonly string[] },
  known: readonly { name: string; granted_to: readonly string[] | null }[],
): string[] {
  return want.names.filter((name) => {
    const secret = known.find((candidate) => candidate.name === name);
    return secret === undefined || !mayHave(secret.granted_to, want.workerId);
  });
}

/** Whether a worker may have a secret that is granted to these. Pure. */
export function mayHave(grantedTo: readonly string[] | null, workerId: string): boolean {
  return grantedTo === null || grantedTo.includes(workerId);
}
