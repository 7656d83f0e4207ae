import { useEffect, useRef, useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from "react-aria-components";
import { useLocation } from "wouter";
import { runRoutes } from "#contract/runs/routes";
import { workerRoutes } from "#contract/workers/routes";
import { formatAgo } from "#contract/words";
import { useMay } from "../api/use-may.ts";
import { useRead } from "../api/use-read.ts";
import { statusWords } from "../run-parts/status-pill.tsx";
import { placeGroups } from "./pages.ts";

const RUNS = 20;

/** Everything one can go to, found by typing: pages, workers, the last runs. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { contains } = useFilter({ sensitivity: "base" });
  return (
    <ModalOverlay
      isOpen
      isDismissable
      className="overlay overlay-top"
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className="modal">
        <Dialog className="dialog palette" aria-label="Jump to">
          <Autocomplete filter={contains}>
            <SearchField aria-label="Page, worker or run" className="palette-field">
              <Input ref={field} placeholder="Page, worker or run" />
            </SearchField>
            <Choices
              onChoose={(path) => {
                navigate(path);
                onClose();
              }}
            />
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Choices({ onChoose }: { onChoose: (path: string) => void }) {
  const may = useMay();
  const [nowMs] = useState(() => Date.now());
  const workers = useRead(workerRoutes.listWorkers);
  const runs = useRead(runRoutes.listRuns, { query: { limit: RUNS } });
  const places = placeGroups
    .flatMap((group) => group.places)
    .filter(({ scope }) => scope === undefined || may(scope));
  return (
    <Menu
      aria-label="Places"
      className="palette-list"
      onAction={(key) => onChoose(String(key))}
      renderEmptyState={() => <p className="muted">Nothing is called like that.</p>}
    >
      <MenuSection>
        <Header>Pages</Header>
        {places.map(({ path, label }) => (
          <Choice key={path} path={path} name={label} />
        ))}
      </MenuSection>
      <MenuSection>
        <Header>Workers</Header>
        {(workers.data ?? []).map(({ id, name }) => (
          <Choice key={id} path={`/workers/${encodeURIComponent(id)}`} name={name} more={id} />
        ))}
      </MenuSection>
      <MenuSection>
        <Header>Last runs</Header>
        {(runs.data?.runs ?? []).map((run) => (
          <Choice
            key={run.id}
            path={`/runs/${run.id}`}
            name={run.worker_name}
            more={`${statusWords[run.status].toLowerCase()}, ${formatAgo(run.created_at, nowMs)}`}
          />
        ))}
      </MenuSection>
    </Menu>
  );
}

function Choice({ path, name, more = "" }: { path: string; name: string; more?: string }) {
  return (
    <MenuItem id={path} textValue={`${name} ${more}`} className="palette-item">
      <span>{name}</span>
      {more !== "" && <span className="muted">{more}</span>}
    </MenuItem>
  );
}
