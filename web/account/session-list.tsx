import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { BrowserSession } from "#contract/accounts/account";
import { accountRoutes } from "#contract/accounts/routes";
import { describeError } from "../api/describe-error.ts";
import { Ago } from "../parts/ago.tsx";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { askAsPerson } from "./ask-as-person.ts";

/** Where the person is signed in, each to be ended but the one that asks: that is what signing out is for. */
export function SessionList() {
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => askAsPerson().call(accountRoutes.listSessions, { signal }),
  });
  const [failure, setFailure] = useState("");
  async function end(session: string): Promise<void> {
    setFailure("");
    try {
      await askAsPerson().call(accountRoutes.deleteSession, { params: { session } });
    } catch (error) {
      setFailure(describeError(error).detail);
    }
    await sessions.refetch();
  }
  return (
    <section className="card" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">Where you are signed in</h2>
      {sessions.isPending && <Skeleton rows={2} label="Loading where you are signed in" />}
      {sessions.isError && <ErrorNotice error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.isSuccess && (
        <ul className="rows">
          {sessions.data.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => void end(session.id)} />
          ))}
        </ul>
      )}
      <p className="field-error" role="alert">
        {failure}
      </p>
    </section>
  );
}

function SessionRow({ session, onEnd }: { session: BrowserSession; onEnd: () => void }) {
  const browser = nameBrowser(session.user_agent);
  const place = session.ip_address ?? "an unknown address";
  return (
    <li className="row">
      <span className="row-main">
        {browser} at {place}
        <span className="muted">
          since <Ago iso={session.created_at} />
        </span>
      </span>
      {session.current ? (
        <span className="pill">This browser</span>
      ) : (
        <button type="button" aria-label={`Sign out ${browser} at ${place}`} onClick={onEnd}>
          Sign out
        </button>
      )}
    </li>
  );
}

/** A browser by the name that people know, from what it says of itself: the first that fits, as most say many. Pure. */
export function nameBrowser(userAgent: string | null): string {
  const known = [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrome\//, "Chrome"],
    [/Safari\//, "Safari"],
  ] as const;
  return known.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1] ?? "A program";
}
