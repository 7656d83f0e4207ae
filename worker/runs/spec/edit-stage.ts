import type { StoredPipeline } from "#contract/pipelines/stage";
import type { Inputs } from "#contract/runs/run";

/** The pipeline with other inputs of one stage: values in place of its expressions, and null takes an input away. Pure. */
export function editStage<Pipeline extends Pick<StoredPipeline, "stages">>(
  pipeline: Pipeline,
  { name, inputs }: { name: string; inputs: Inputs },
): Pipeline {
  const edits = Object.entries(inputs);
  const gone = new Set(edits.filter(([, value]) => value === null).map(([key]) => key));
  const given = Object.fromEntries(
    edits.filter(([key]) => !gone.has(key)).map(([key, value]) => [key, { value }]),
  );
  const stages = pipeline.stages.map((stage) => {
    if (stage.name !== name) return stage;
    const rest = Object.entries(stage.input).filter(([key]) => !gone.has(key));
    return { ...stage, input: { ...Object.fromEntries(rest), ...given } };
  });
  return { ...pipeline, stages };
}
