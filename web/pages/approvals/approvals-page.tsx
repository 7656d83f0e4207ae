import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { approvalRoutes } from "#contract/approvals/routes";
import type { Approval, ApprovalStatus } from "#contract/approvals/approval";
import { useMay } from "../../api/use-may.ts";
import { useRead, useReadPages } from "../../api/use-read.ts";
import { WorkerChoice } from "../../run-parts/worker-choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { NoticeButton } from "../../notices/notice-button.tsx";
import { SavedViews } from "../../preferences/saved-views.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import type { Filters } from "../../parts/use-filters.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { ApprovalTable } from "./approval-table.tsx";
import { DecideMany } from "./decide-many.tsx";

const REFRESH_MS = 10_000;

const views: readonly (readonly [status: ApprovalStatus, words: string])[] = [
  ["pending", "To decide"],
  ["approved", "Approved"],
  ["rejected", "Rejected"],
  ["expired", "Nobody decided"],
];

/** What runs ask people: decided here one by one or together, by mouse or by keyboard. */
export function ApprovalsPage() {
  const filters = useFilters();
  const shown = filters.get("show");
  const status = views.find(([name]) => name === filters.get("status"))?.[0] ?? "pending";
  return (
    <>
      <div className="head-row">
        <PageHeading title="Approvals" />
        <div className="actions">
          <NoticeButton />
        </div>
      </div>
      <nav className="tab-links" aria-label="Approvals by what came of them">
        {views.map(([name, words]) => (
          <Link
            key={name}
            to={filters.linkTo({ status: name === "pending" ? "" : name, show: "" })}
            aria-current={shown === "" && name === status ? "page" : undefined}
          >
            {words}
          </Link>
        ))}
      </nav>
      {shown === "" ? (
        <>
          <WorkerFilter filters={filters} />
          <SavedViews list="approvals" />
          <Approvals key={status} status={status} worker={filters.get("worker")} />
        </>
      ) : (
        <OneApproval approval={shown} />
      )}
    </>
  );
}

function OneApproval({ approval }: { approval: string }) {
  const found = useRead(approvalRoutes.getApproval, { params: { approval } });
  return (
    <Loaded query={found} what="the approval">
      {(data) => <ApprovalCard approval={data} />}
    </Loaded>
  );
}

function WorkerFilter({ filters }: { filters: Filters }) {
  return (
    <search className="filters">
      <WorkerChoice value={filters.get("worker")} onChoose={(worker) => filters.set({ worker })} />
    </search>
  );
}

function Approvals({ status, worker }: { status: ApprovalStatus; worker: string }) {
  const query = { status, ...(worker === "" ? {} : { worker }) };
  const approvals = useReadPages(
    [approvalRoutes.listApprovals.id, query],
    (api, { from, signal }) =>
      api.call(approvalRoutes.listApprovals, { query: { ...query, ...from }, signal }),
    () => REFRESH_MS,
  );
  // The count beside the link of this page is asked for as often: the two stay one number.
  useRead(approvalRoutes.countApprovals, { refreshMs: () => REFRESH_MS });
  return (
    <>
      <Loaded query={approvals} what="the approvals">
        {({ pages }) => (
          <ApprovalList
            status={status}
            isFiltered={worker !== ""}
            approvals={pages.flatMap((page) => page.approvals)}
          />
        )}
      </Loaded>
      <More pages={approvals} />
    </>
  );
}

interface ApprovalListProps {
  status: ApprovalStatus;
  isFiltered: boolean;
  approvals: Approval[];
}

function ApprovalList({ status, isFiltered, approvals }: ApprovalListProps) {
  if (approvals.length === 0) {
    return status === "pending" && !isFiltered ? (
      <Empty title="Nothing to decide" command="npx floom run outbound-approval-demo">
        A run that needs your word shows here what exactly it would do. The example outbound-approval-demo
        asks:
      </Empty>
    ) : (
      <p className="card muted">There is none.</p>
    );
  }
  return status === "pending" ? <Pending approvals={approvals} /> : <ApprovalTable approvals={approvals} />;
}

/** The buttons of a card by the keys that press them, or bring one to them: approving takes a second key. */
const keys: Readonly<Record<string, string>> = { e: "edit", r: "reject", x: "choose" };

function act(event: KeyboardEvent, list: HTMLElement): void {
  const { target, key } = event;
  if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
  // Keys are of the list alone; from the heading, which has the focus first, the arrow leads into it.
  if (!list.contains(target) && !target.matches("h1")) return;
  const card = target.closest<HTMLElement>("[data-card]");
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[key];
  if (step !== undefined) {
    const cards = [...list.querySelectorAll<HTMLElement>("[data-card]")];
    const at = card === null ? -1 : cards.indexOf(card);
    cards[Math.min(cards.length - 1, Math.max(0, at + step))]?.focus();
    event.preventDefault();
    return;
  }
  if (key === "a") card?.querySelector<HTMLElement>("[data-press=approve]")?.focus();
  const name = keys[key];
  if (name !== undefined) card?.querySelector<HTMLElement>(`[data-press=${name}]`)?.click();
}

function Pending({ approvals }: { approvals: readonly Approval[] }) {
  const may = useMay()("approvals:decide");
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (list.current !== null) act(event, list.current);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  function turn(id: string): void {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  }
  return (
    <>
      <p className="muted">
        By keyboard: <kbd>↓</kbd> and <kbd>↑</kbd> go from one to the next, <kbd>a</kbd> goes to Approve,{" "}
        <kbd>e</kbd> edits, <kbd>r</kbd> rejects, <kbd>x</kbd> chooses.
      </p>
      <ul ref={list} className="stack" aria-label="Approvals to decide">
        {approvals.map((approval) => (
          <li key={approval.id}>
            <ApprovalCard
              approval={approval}
              {...(may ? { isChosen: chosen.has(approval.id), onChoose: () => turn(approval.id) } : {})}
            />
          </li>
        ))}
      </ul>
      <DecideMany chosen={approvals.filter(({ id }) => chosen.has(id))} onDone={() => setChosen(new Set())} />
    </>
  );
}
