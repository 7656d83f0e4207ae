/** An error of the control plane. The SDK reads the status from `code` in the JSON body. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** Something E2B's cloud has and a local sandbox does not. */
export function unsupported(what: string): ApiError {
  return new ApiError(501, `${what} is not available in local sandboxes`);
}
