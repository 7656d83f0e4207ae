import { Link } from "wouter";
import { PageHeading } from "../parts/page-heading.tsx";
import { AccountForm } from "./account-form.tsx";
import { askAuth } from "./ask-auth.ts";
import { useMailedToken } from "./use-mailed-token.ts";

/** Signs in by a mailed link, at a click: the link may have been opened by a program, or sent by somebody else. */
export function LinkPage({ onSignedIn }: { onSignedIn: () => void }) {
  const token = useMailedToken();
  if (token === "") {
    return (
      <main className="narrow">
        <PageHeading title="There is no link here" />
        <p>
          Open the link of the mail again, or <Link to="/">ask for a new one</Link>.
        </p>
      </main>
    );
  }
  return (
    <main className="narrow">
      <PageHeading title="Sign in to Floom" />
      <AccountForm
        button="Sign in"
        onSubmit={() => askAuth(`/magic/${encodeURIComponent(token)}`, {})}
        onDone={onSignedIn}
      >
        <p>
          Go on only if you asked for this link yourself: with somebody else’s you would work in their
          account.
        </p>
      </AccountForm>
    </main>
  );
}
