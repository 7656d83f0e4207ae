/** JSON-RPC's own number for arguments that are none, which the protocol has for a tool that is not there. */
export const INVALID_PARAMS = -32602;
/** What is no message of JSON-RPC. */
export const INVALID_REQUEST = -32600;
/** The SDK's number for a message that is too large. */
export const PAYLOAD_TOO_LARGE = -32000;
export const INTERNAL_ERROR = -32603;
/** A method, or a use of one, that this server does not have. */
export const METHOD_NOT_FOUND = -32601;

/** The numbers of the Events extension (SEP-3415). */
export const EVENT_ERRORS = {
  notFound: -32023,
  forbidden: -32024,
  exhausted: -32025,
  unsupported: -32026,
  callbackFailed: -32027,
} as const;
