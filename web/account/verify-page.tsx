import { useState } from "react";
import { Link } from "wouter";
import { PageHeading } from "../parts/page-heading.tsx";
import { AccountField, AccountForm } from "./account-form.tsx";
import { askAuth } from "./ask-auth.ts";
import { useMailedToken } from "./use-mailed-token.ts";

/** Confirms an address at a person's click: what opens links in mails to look at them confirms none. */
export function VerifyPage() {
  const token = useMailedToken();
  const [isDone, setDone] = useState(false);
  if (isDone) {
    return (
      <main className="narrow">
        <PageHeading title={token === "" ? "Look into your mail" : "Your address is confirmed"} />
        <p>
          <Link to="/">Sign in</Link>
        </p>
      </main>
    );
  }
  if (token === "") {
    return (
      <main className="narrow">
        <PageHeading title="Confirm your address" />
        <AccountForm
          button="Mail me a new link"
          onSubmit={({ email }) => askAuth("/send-verification-email", { email })}
          onDone={() => setDone(true)}
        >
          <AccountField name="email" label="E-mail" type="email" autoComplete="username" />
        </AccountForm>
      </main>
    );
  }
  return (
    <main className="narrow">
      <PageHeading title="Confirm your address" />
      <AccountForm
        button="Confirm that it is mine"
        onSubmit={() => askAuth(`/verify-email?token=${encodeURIComponent(token)}`)}
        onDone={() => setDone(true)}
      >
        <p>You can sign in with it afterwards.</p>
      </AccountForm>
    </main>
  );
}
