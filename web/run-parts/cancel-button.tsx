import { useEffect, useRef, useState } from "react";
import { runRoutes } from "#contract/runs/routes";
import { useApi } from "../api/api-context.ts";
import { describeError } from "../api/describe-error.ts";

type Step = "idle" | "asking" | "sending" | "sent";

/** Cancels a run after a second click: a cancelled run cannot be brought back. */
export function CancelButton({ run }: { run: string }) {
  const api = useApi();
  const [step, setStep] = useState<Step>("idle");
  const [failure, setFailure] = useState("");
  const confirm = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (step === "asking") confirm.current?.focus();
  }, [step]);

  async function cancel(): Promise<void> {
    setStep("sending");
    try {
      await api.call(runRoutes.cancelRun, { params: { run } });
      setStep("sent");
    } catch (error) {
      setFailure(describeError(error).detail);
      setStep("idle");
    }
  }

  if (step === "sent") return <output>Cancelling …</output>;
  if (step === "idle") {
    return (
      <div className="actions">
        <button type="button" onClick={() => setStep("asking")}>
          Cancel run
        </button>
        {failure !== "" && <p role="alert">{failure}</p>}
      </div>
    );
  }
  return (
    <fieldset className="actions" aria-label="Cancel this run?">
      <button
        type="button"
        ref={confirm}
        className="danger"
        disabled={step === "sending"}
        onClick={() => void cancel()}
      >
        Yes, cancel it
      </button>
      <button type="button" className="quiet" onClick={() => setStep("idle")}>
        Keep it running
      </button>
    </fieldset>
  );
}
