import { workerRoutes } from "#contract/workers/routes";
import { useRead } from "../api/use-read.ts";
import { ChoiceField } from "../parts/labelled.tsx";

/** Narrows a list to one worker's, archived ones among them; empty for all. */
export function WorkerChoice({ value, onChoose }: { value: string; onChoose: (worker: string) => void }) {
  const workers = useRead(workerRoutes.listWorkers, { query: { include_archived: "true" } });
  return (
    <ChoiceField
      label="Worker"
      value={value}
      choices={[["", "All"], ...(workers.data ?? []).map(({ id, name }) => [id, name] as const)]}
      onChange={(event) => onChoose(event.currentTarget.value)}
    />
  );
}
