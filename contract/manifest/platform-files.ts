/** Files of a run's work directory that Floom writes or reads itself: no upload and no output may lie there. */
export const platformFiles: readonly string[] = [
  ".env.local",
  "connections.json",
  "event.json",
  "inputs.json",
  "result.json",
  "secrets.json",
  "worker.yml",
];
