/** JSON-RPC's own number for arguments that are none, which the protocol has for a tool that is not there. */
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** A method, or a use of one, that this server does not have. */
export const METHOD_NOT_FOUND = -32601;
