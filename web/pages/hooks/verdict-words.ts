import type { DeliveryVerdict } from "#contract/hooks/delivery";
import type { Tone } from "../../parts/pill.tsx";

/** What became of a delivery, in words. */
export const verdictWords: Record<DeliveryVerdict, { tone: Tone; words: string }> = {
  accepted: { tone: "good", words: "Started a run" },
  duplicate: { tone: "plain", words: "Had come before" },
  bad_signature: { tone: "bad", words: "Wrong signature" },
  invalid_inputs: { tone: "bad", words: "Inputs do not fit" },
  refused: { tone: "bad", words: "Refused" },
};
