import { useQuery } from "@tanstack/react-query";
import { ApiProblem } from "#contract/client";
import { accountRoutes } from "#contract/accounts/routes";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { SaveButton } from "../parts/save-button.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { askAsPerson } from "./ask-as-person.ts";
import { ClientList } from "./client-list.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { PasskeyList } from "./passkey-list.tsx";
import { SessionList } from "./session-list.tsx";

/** Somebody's own account: where they are signed in, their passkeys, all that is kept of them, and its end. */
export function AccountPage() {
  const account = useQuery({
    queryKey: ["account"],
    queryFn: ({ signal }) => askAsPerson().call(accountRoutes.getAccount, { signal }),
  });
  if (account.isPending) return <Skeleton rows={3} label="Loading the account" />;
  if (account.isError) return <NoAccount error={account.error} onRetry={() => void account.refetch()} />;
  const { email, name, email_verified: isConfirmed } = account.data;
  return (
    <div className="narrow">
      <PageHeading title="Your account" />
      <dl className="facts card">
        <div>
          <dt>Name</dt>
          <dd>{name}</dd>
        </div>
        <div>
          <dt>E-mail</dt>
          <dd>{isConfirmed ? email : `${email} (not confirmed yet)`}</dd>
        </div>
      </dl>
      <SessionList />
      <PasskeyList />
      <ClientList />
      <section className="card" aria-labelledby="export-heading">
        <h2 id="export-heading">What is kept of you</h2>
        <p>One file with your account, the ways you sign in and where you are signed in.</p>
        <SaveButton
          filename="floom-account.json"
          fetchFile={() => askAsPerson().open(accountRoutes.exportAccount)}
        >
          Save what is kept of me
        </SaveButton>
      </section>
      <DeleteAccount email={email} />
    </div>
  );
}

function NoAccount({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (!(error instanceof ApiProblem) || error.problem.code !== "unauthenticated") {
    return (
      <div className="narrow">
        <PageHeading title="Your account" />
        <ErrorNotice error={error} onRetry={onRetry} />
      </div>
    );
  }
  return (
    <div className="narrow">
      <PageHeading title="Nobody’s account" />
      <p className="card">
        This browser works with a token, which is no person. Sign out, then sign in with an e-mail address.
      </p>
    </div>
  );
}
