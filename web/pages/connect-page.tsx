import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FormEvent } from "react";
import { ApiProblem } from "#contract/client";
import type { ClientRequest } from "#contract/oauth/client";
import { clientScopeSchema } from "#contract/oauth/client";
import { oauthRoutes } from "#contract/oauth/routes";
import { describeError, findRemedy } from "../api/describe-error.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { askAsPerson } from "../account/ask-as-person.ts";

/** Where a person decides whether a program may act for them, where, and what it may do. */
export function ConnectPage() {
  const [request] = useState(() => window.location.search.slice(1));
  const refused = new URLSearchParams(request).get("error");
  const asked = useQuery({
    queryKey: ["client-request", request],
    queryFn: ({ signal }) => askAsPerson().call(oauthRoutes.getClientRequest, { query: { request }, signal }),
    enabled: refused === null && request !== "",
    retry: false,
  });
  if (refused !== null || request === "") return <NoRequest reason={refused} />;
  if (asked.isPending) return <Skeleton rows={3} label="Looking who asks" />;
  if (asked.isError) return <NotPossible error={asked.error} />;
  return <Consent asked={asked.data} request={request} />;
}

function NoRequest({ reason }: { reason: string | null }) {
  return (
    <div className="narrow">
      <PageHeading title="This program cannot be connected" />
      <p className="card">
        {reason === null ? "Nothing is asked here." : `What it asks for is refused: ${reason}.`} Begin anew in
        the program that sent you here.
      </p>
    </div>
  );
}

function NotPossible({ error }: { error: Error }) {
  const isNobody =
    error instanceof ApiProblem && ["unauthenticated", "account_only"].includes(error.problem.code);
  if (!isNobody) return <ErrorNotice error={error} />;
  return (
    <div className="narrow">
      <PageHeading title="Sign in with an account first" />
      <p className="card">
        This browser works with a token, and programs are connected to people. Sign out, sign in with an
        e-mail address, and begin anew in the program that sent you here.
      </p>
    </div>
  );
}

/** Everything by which a person can tell who asks and what they would give away, before they say a word. */
export function Consent({ asked, request }: { asked: ClientRequest; request: string }) {
  const [failure, setFailure] = useState("");
  const [isBusy, setBusy] = useState(false);
  async function say(form: HTMLFormElement, verdict: "allow" | "deny"): Promise<void> {
    const said = new FormData(form);
    const scopes = said.getAll("scope").flatMap((name) => clientScopeSchema.safeParse(name).data ?? []);
    const place = asked.workspaces.find(({ id }) => id === said.get("workspace"));
    setFailure("");
    if (verdict === "allow" && (place === undefined || scopes.length === 0)) {
      setFailure("Choose at least one thing that it may do, or deny it.");
      return;
    }
    setBusy(true);
    try {
      const json =
        verdict === "allow" && place !== undefined
          ? { verdict, request, workspace_id: place.id, scopes }
          : { verdict: "deny" as const, request };
      const { redirect_to: next } = await askAsPerson().call(oauthRoutes.decideClientRequest, { json });
      window.location.assign(next);
    } catch (error) {
      setFailure(`${describeError(error).detail} ${await findRemedy(error)}`.trim());
      setBusy(false);
    }
  }
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const submitter = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null;
    void say(event.currentTarget, submitter?.id === "allow" ? "allow" : "deny");
  }
  return (
    <div className="narrow">
      <PageHeading title={`Let ${asked.client_name} act for you?`} />
      <form className="card" onSubmit={submit} aria-busy={isBusy}>
        <Who asked={asked} />
        <div className="field">
          <label htmlFor="workspace">In the workspace</label>
          <select id="workspace" name="workspace">
            {asked.workspaces.map(({ id, name, role }) => (
              <option key={id} value={id}>
                {name} (you are {role})
              </option>
            ))}
          </select>
        </div>
        <fieldset className="field">
          <legend>It may, as far as you may yourself</legend>
          {asked.scopes.map(({ scope, words }) => (
            <label key={scope} className="choice">
              <input type="checkbox" name="scope" value={scope} defaultChecked /> {words}
            </label>
          ))}
        </fieldset>
        <p className="muted">
          It decides no approval for you. It stays connected until you disconnect it on the page of your
          account.
        </p>
        <p className="field-error" role="alert">
          {failure}
        </p>
        <div className="actions">
          <button type="submit" id="deny" disabled={isBusy}>
            Deny
          </button>
          <button type="submit" id="allow" className="primary" disabled={isBusy}>
            Allow
          </button>
        </div>
      </form>
    </div>
  );
}

function Who({ asked }: { asked: ClientRequest }) {
  return (
    <>
      <dl className="facts">
        <div>
          <dt>It calls itself</dt>
          <dd>{asked.client_name}</dd>
        </div>
        <div>
          <dt>It belongs to</dt>
          <dd>{asked.client_host ?? "nobody that could be checked"}</dd>
        </div>
        <div>
          <dt>You are sent back to</dt>
          <dd>
            <code>{asked.redirect_host}</code>
          </dd>
        </div>
      </dl>
      {asked.known_by === "itself" && (
        <p className="notice">
          Nobody has checked who this program is: it registered itself, under a name of its own choice. Go on
          only if you began this yourself a moment ago, and know the place that you are sent back to.
        </p>
      )}
    </>
  );
}
