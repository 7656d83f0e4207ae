import { useState } from "react";
import { Link } from "wouter";
import { accountLimits } from "#contract/accounts/limits";
import { PageHeading } from "../parts/page-heading.tsx";
import { AccountField, AccountForm } from "./account-form.tsx";
import { askAuth } from "./ask-auth.ts";
import { useMailedToken } from "./use-mailed-token.ts";

const LEAST = accountLimits.password_characters_least.value;

/** Asks for a link, or with one sets the new password. */
export function ResetPage() {
  const token = useMailedToken();
  const [isDone, setDone] = useState(false);
  if (token === "") return <AskPage isSent={isDone} onSent={() => setDone(true)} />;
  if (isDone) {
    return (
      <main className="narrow">
        <PageHeading title="The new password is set" />
        <p className="card">Every browser was signed out.</p>
        <p>
          <Link to="/">Sign in</Link>
        </p>
      </main>
    );
  }
  return (
    <main className="narrow">
      <PageHeading title="Set a new password" />
      <AccountForm
        button="Set the password"
        onSubmit={({ password }) => askAuth("/reset-password", { token, newPassword: password })}
        onDone={() => setDone(true)}
      >
        <AccountField
          name="password"
          label="New password"
          type="password"
          autoComplete="new-password"
          minLength={LEAST}
          help={`At least ${LEAST} characters. Every browser that is signed in will be signed out.`}
        />
      </AccountForm>
    </main>
  );
}

function AskPage({ isSent, onSent }: { isSent: boolean; onSent: () => void }) {
  return (
    <main className="narrow">
      <PageHeading title="Set a new password" />
      {isSent ? (
        <output className="card">
          If this address has an account here, a link is on its way. It works once, for an hour.
        </output>
      ) : (
        <AccountForm
          button="Mail me a link"
          onSubmit={({ email }) => askAuth("/request-password-reset", { email })}
          onDone={onSent}
        >
          <AccountField name="email" label="E-mail" type="email" autoComplete="username" />
        </AccountForm>
      )}
      <p>
        <Link to="/">Back to sign-in</Link>
      </p>
    </main>
  );
}
