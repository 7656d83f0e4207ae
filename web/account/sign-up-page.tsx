import { useState } from "react";
import { Link } from "wouter";
import { accountLimits } from "#contract/accounts/limits";
import { PageHeading } from "../parts/page-heading.tsx";
import { AccountField, AccountForm } from "./account-form.tsx";
import { askAuth } from "./ask-auth.ts";

const LEAST = accountLimits.password_characters_least.value;

/** Makes an account. What it says afterwards is the same whoever has one already. */
export function SignUpPage() {
  const [isSent, setSent] = useState(false);
  if (isSent) {
    return (
      <main className="narrow">
        <PageHeading title="Look into your mail" />
        <p className="card">
          If this address can have an account here, a link to confirm it is on its way. It works for a day.
        </p>
        <p>
          <Link to="/">Back to sign-in</Link>
        </p>
      </main>
    );
  }
  return (
    <main className="narrow">
      <PageHeading title="Make an account" />
      <AccountForm
        button="Make the account"
        onSubmit={({ name, email, password }) => askAuth("/sign-up/email", { name, email, password })}
        onDone={() => setSent(true)}
      >
        <AccountField name="name" label="Name" type="text" autoComplete="name" />
        <AccountField name="email" label="E-mail" type="email" autoComplete="username" />
        <AccountField
          name="password"
          label="Password"
          type="password"
          autoComplete="new-password"
          minLength={LEAST}
          help={`At least ${LEAST} characters. A long sentence is better than odd signs.`}
        />
      </AccountForm>
      <p>
        Have one already? <Link to="/">Sign in</Link>
      </p>
    </main>
  );
}
