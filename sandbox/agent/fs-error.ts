import { Code, ConnectError } from "@connectrpc/connect";
import { errnoOf } from "./errno.ts";

const CODE_OF_ERRNO: Readonly<Record<string, Code>> = {
  ENOENT: Code.NotFound,
  EEXIST: Code.AlreadyExists,
  EACCES: Code.PermissionDenied,
  EPERM: Code.PermissionDenied,
  EROFS: Code.PermissionDenied,
  ENOTDIR: Code.InvalidArgument,
  EISDIR: Code.InvalidArgument,
  EINVAL: Code.InvalidArgument,
  ENAMETOOLONG: Code.InvalidArgument,
  ELOOP: Code.InvalidArgument,
  E2BIG: Code.InvalidArgument,
  ERR_INVALID_ARG_VALUE: Code.InvalidArgument,
  ENOTEMPTY: Code.FailedPrecondition,
  EBUSY: Code.FailedPrecondition,
  EXDEV: Code.FailedPrecondition,
  ENOSPC: Code.ResourceExhausted,
  EAGAIN: Code.ResourceExhausted,
  EMFILE: Code.ResourceExhausted,
  ENFILE: Code.ResourceExhausted,
  ENOMEM: Code.ResourceExhausted,
};

/** A system error as the RPC error its errno stands for; a ConnectError passes through unchanged. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = CODE_OF_ERRNO[errnoOf(error) ?? ""] ?? Code.Internal;
  const message = error instanceof Error ? error.message : String(error);
  return new ConnectError(message, code, undefined, undefined, error);
}
