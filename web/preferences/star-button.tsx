import { useState } from "react";
import { describeError } from "../api/describe-error.ts";
import { usePreferences } from "./use-preferences.ts";

/** Stars a worker for whoever is signed in, or takes the star back. */
export function StarButton({ worker, name }: { worker: string; name: string }) {
  const { preferences, isKnown, change } = usePreferences();
  const [error, setError] = useState("");
  const isStarred = preferences.starred.includes(worker);
  async function turn(): Promise<void> {
    setError("");
    const others = preferences.starred.filter((one) => one !== worker);
    try {
      await change({ starred: isStarred ? others : [worker, ...others] });
    } catch (refusal) {
      setError(describeError(refusal).detail);
    }
  }
  return (
    <>
      <button
        type="button"
        className="star"
        aria-pressed={isStarred}
        aria-label={`Star ${name}`}
        disabled={!isKnown}
        onClick={() => void turn()}
      >
        <span aria-hidden="true">{isStarred ? "★" : "☆"}</span>
      </button>
      {error !== "" && (
        <span role="alert" className="field-error">
          {error}
        </span>
      )}
    </>
  );
}
