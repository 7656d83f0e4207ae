import { useState } from "react";
import { Link } from "wouter";
import type { WorkspaceSummary } from "#contract/members/member";
import { memberRoutes } from "#contract/members/routes";
import { useApi } from "../api/api-context.ts";
import { describeError, findRemedy } from "../api/describe-error.ts";
import { saveWorkspace } from "../api/session.ts";
import { PageHeading } from "../parts/page-heading.tsx";

/** Takes an invitation up at a click; the link of the mail brings its token behind `#`, which goes to no server. */
export function InvitePage() {
  const api = useApi();
  const [token] = useState(() => window.location.hash.slice(1));
  const [joined, setJoined] = useState<WorkspaceSummary>();
  const [refusal, setRefusal] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function accept(): Promise<void> {
    setBusy(true);
    setRefusal("");
    try {
      setJoined(await api.call(memberRoutes.acceptInvitation, { json: { token } }));
      window.history.replaceState(null, "", window.location.pathname);
    } catch (error) {
      setRefusal(`${describeError(error).detail} ${await findRemedy(error)}`.trim());
    }
    setBusy(false);
  }

  if (joined !== undefined) return <Joined workspace={joined} />;
  if (token === "") {
    return (
      <div className="narrow">
        <PageHeading title="There is no invitation here" />
        <p className="card">
          Open the link of the invitation’s mail again, whole. If it is older than a few days, ask for a new
          one. <Link to="/">Go to the workers</Link>
        </p>
      </div>
    );
  }
  return (
    <div className="narrow">
      <PageHeading title="Join the workspace?" />
      <section className="card" aria-busy={isBusy}>
        <p>
          Whoever invited you will see your name and e-mail address, and you what their workspace holds. Sign
          in with the address that the invitation was sent to.
        </p>
        <p className="field-error" role="alert">
          {refusal}
        </p>
        <button type="button" className="primary" disabled={isBusy} onClick={() => void accept()}>
          Join
        </button>
      </section>
    </div>
  );
}

function Joined({ workspace: { id, name, role } }: { workspace: WorkspaceSummary }) {
  function goThere(): void {
    saveWorkspace(window.localStorage, id);
    window.location.assign("/");
  }
  return (
    <div className="narrow">
      <PageHeading title={`You are in ${name}`} />
      <section className="card">
        <p>As {role === "viewer" ? "a viewer" : `an ${role}`}. You can change between workspaces above.</p>
        <button type="button" className="primary" onClick={goThere}>
          Go to {name}
        </button>
      </section>
    </div>
  );
}
