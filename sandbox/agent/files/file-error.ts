import { errnoOf } from "../errno.ts";

/** A refusal of the `/files` endpoint: an HTTP status and what to tell the client. */
export class FileError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = "FileError";
    this.status = status;
  }
}

const STATUS_OF_ERRNO: Readonly<Record<string, number>> = {
  ENOENT: 404,
  ENOTDIR: 400,
  EISDIR: 400,
  EINVAL: 400,
  ENAMETOOLONG: 400,
  ELOOP: 400,
  EEXIST: 400,
  Z_DATA_ERROR: 400,
  Z_BUF_ERROR: 400,
  ERR_STREAM_PREMATURE_CLOSE: 400,
  EACCES: 403,
  EPERM: 403,
  EROFS: 403,
  ETXTBSY: 409,
  EFBIG: 507,
  ENOSPC: 507,
  EDQUOT: 507,
};

/** Any error of a file operation as a `FileError`; 507 is "no space left", which E2B's client names. */
export function toFileError(error: unknown, path: string): FileError {
  if (error instanceof FileError) return error;
  const errno = errnoOf(error) ?? "";
  const status = STATUS_OF_ERRNO[errno] ?? 500;
  const message = error instanceof Error ? error.message : String(error);
  if (status === 404) return new FileError(404, `path '${path}' does not exist`, { cause: error });
  if (status === 507)
    return new FileError(507, `not enough disk space available for '${path}'`, { cause: error });
  return new FileError(status, message, { cause: error });
}
