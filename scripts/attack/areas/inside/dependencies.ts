import { routes } from "#contract/routes";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { fillIn, pushPrograms, readSightings, tryInside } from "../../stage/inside.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "kept";
const key = (digit: string): string => digit.repeat(64);
const CONTROL = `${AREA}:control-file`;
const nothing = ["404*", "403*", "405*", "401*", "409*"];

/**
 * What a run leaves for later ones: dependencies under a key, files past its allowance, and what a dry run may do. The
 * control hands over an ordinary file by the same token.
 */
export const dependenciesArea: Area<Stage> = {
  name: AREA,
  isSlow: true,
  controls: [{ id: CONTROL, works: ["3 taken"] }],
  attempts: buildAttempts({ area: AREA, kind: "inside", control: CONTROL }, [
    {
      id: "poison",
      wants: "Keep a module of its own where later versions look for dependencies.",
      refusals: nothing,
    },
    {
      id: "overwrite",
      wants: "Replace dependencies that are kept already.",
      refusals: nothing,
    },
    {
      id: "slow-overwrite",
      wants: "Replace them by an upload that began first.",
      refusals: nothing,
    },
    { id: "dry-poison", wants: "Keep a module from a dry run, which lets nothing out.", refusals: nothing },
    {
      id: "dry-name",
      wants: "Have a name looked up from a dry run.",
      refusals: ["refused before it was looked up"],
    },
    { id: "dry-network", wants: "Reach an address from a dry run.", refusals: ["403"] },
    {
      id: "dry-file",
      wants: "Stop a dry run from reaching its own record (it must go on).",
      refusals: ["3 taken"],
    },
    { id: "rest", wants: "Hand over more files after a rest.", refusals: ["413*"] },
  ]),
  look: async (stage) => {
    const worker = await pushPrograms(stage, AREA);
    const resting = tryInside(stage, worker, {
      things: [{ id: `${AREA}:rest`, way: "use_up_uploads", with: { most: 700, rest: 42 }, patience: 90 }],
    });
    const { seen, run } = await tryInside(stage, worker, {
      things: [
        { id: CONTROL, way: "use_up_uploads", with: { most: 3 } },
        { id: `${AREA}:poison`, way: "poison", with: { key: key("a") } },
        { id: `${AREA}:overwrite`, way: "poison", with: { key: key("b"), rounds: 2 } },
        { id: `${AREA}:slow-overwrite`, way: "poison_slowly", with: { key: key("c") } },
      ],
    });
    const dry = await lookDry(stage, run.id);
    const rested = await resting;
    return new Map([...seen, ...dry, ...rested.seen]);
  },
};

/** A dry replay of a run, with other things to do. */
async function lookDry(stage: Stage, run: string): Promise<Map<string, string>> {
  const things = fillIn(stage, [
    { id: `${AREA}:dry-file`, way: "use_up_uploads", with: { most: 3 } },
    { id: `${AREA}:dry-poison`, way: "poison", with: { key: key("d") } },
    { id: `${AREA}:dry-name`, way: "refusal_text", with: { host: "localhost" } },
    { id: `${AREA}:dry-network`, way: "plain", with: { host: "192.0.2.7", port: 80 } },
  ]);
  const replay = await stage.client.call(routes.replayRun, {
    params: { run },
    json: { dry: true, inputs: { things } },
  });
  await stage.yard.end(replay.id);
  return readSightings(await stage.yard.log(replay.id));
}
