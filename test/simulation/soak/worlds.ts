export const worlds = ["run", "queue", "schedules", "together"] as const;
export type World = (typeof worlds)[number];

/** Of a thousand histories. Where all play together, one takes as long as hundreds of a run's alone. */
const TOGETHER_SHARE = 4;
const SCHEDULES_SHARE = 16;
const QUEUE_SHARE = 80;

/** Which world the history of a seed plays in. */
export function worldOf(seed: number): World {
  const place = seed % 1000;
  if (place < TOGETHER_SHARE) return "together";
  if (place < TOGETHER_SHARE + SCHEDULES_SHARE) return "schedules";
  return place < TOGETHER_SHARE + SCHEDULES_SHARE + QUEUE_SHARE ? "queue" : "run";
}
