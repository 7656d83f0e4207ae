/** A reason why a script cannot go on, written for the person at the terminal; shown without a stack. */
export class StopError extends Error {}
