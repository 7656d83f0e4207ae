/** Attempts under way at the same time, of all alerts of a worker: fewer than the connections that an object may have. */
const AT_ONCE = 5;
/** Of these, to one receiver. */
const AT_ONCE_EACH = 2;
/** Of these, to all receivers together that did not answer when they were asked last; the rest is for the others. */
const AT_ONCE_SILENT = 3;

/** One receiver: an alert's address, or its mail. */
export type Lane = string;

export function laneOf(row: { alert_id: string; channel: string }): Lane {
  return `${row.alert_id}:${row.channel}`;
}

/** What is under way, by lane, and which receivers did not answer last time. */
export interface Traffic {
  sending: readonly Lane[];
  silent: ReadonlySet<Lane>;
}

/** May one more message leave for this receiver now? One that did not answer gets one at a time. Pure. */
export function mayLeave({ sending, silent }: Traffic, lane: Lane): boolean {
  if (sending.length >= AT_ONCE) return false;
  const underWay = sending.filter((other) => other === lane).length;
  if (!silent.has(lane)) return underWay < AT_ONCE_EACH;
  return underWay === 0 && sending.filter((other) => silent.has(other)).length < AT_ONCE_SILENT;
}

/** Which of these may leave now, in their order, as if each of them had left before the next was asked. Pure. */
export function chooseToLeave<Row extends { alert_id: string; channel: string }>(
  rows: readonly Row[],
  traffic: Traffic,
): Row[] {
  const sending = [...traffic.sending];
  return rows.filter((row) => {
    const lane = laneOf(row);
    if (!mayLeave({ ...traffic, sending }, lane)) return false;
    sending.push(lane);
    return true;
  });
}
