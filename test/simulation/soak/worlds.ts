/** Where a history may play: one part alone with the decisions that are its own, or the whole Floom. */
export const worlds = ["run", "queue", "schedules", "pipelines", "together"] as const;
export type World = (typeof worlds)[number];

/** Of a thousand histories. Where all play together, one takes as long as a hundred of a run's alone. */
const TOGETHER_SHARE = 4;
const SCHEDULES_SHARE = 6;
const QUEUE_SHARE = 20;
const PIPELINES_SHARE = 100;

/** Which world the history of a seed plays in. */
export function worldOf(seed: number): World {
  const place = seed % 1000;
  if (place < TOGETHER_SHARE) return "together";
  if (place < TOGETHER_SHARE + SCHEDULES_SHARE) return "schedules";
  if (place < TOGETHER_SHARE + SCHEDULES_SHARE + QUEUE_SHARE) return "queue";
  return place < TOGETHER_SHARE + SCHEDULES_SHARE + QUEUE_SHARE + PIPELINES_SHARE ? "pipelines" : "run";
}
