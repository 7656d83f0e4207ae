/** The secrets of which a run may have been given a value, and when it was accepted, epoch milliseconds. */
export interface MaskWant {
  names: readonly string[];
  since: number;
}
