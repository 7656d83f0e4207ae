import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
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
import { useApi } from "../api/api-context.ts";
import { useMay } from "../api/use-may.ts";
import type { FoundPlace } from "./find-places.ts";
import { placeGroups } from "./pages.ts";

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
  const api = useApi();
  const may = useMay();
  const found = useQuery({
    queryKey: ["places"],
    // What workers and runs are made of is loaded behind the box that is typed in.
    queryFn: async ({ signal }) => (await import("./find-places.ts")).findPlaces(api, signal),
  });
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
          <Choice key={path} path={path} name={label} more="" />
        ))}
      </MenuSection>
      <MenuSection>
        <Header>Workers</Header>
        {(found.data?.workers ?? []).map((place) => (
          <Choice key={place.path} {...place} />
        ))}
      </MenuSection>
      <MenuSection>
        <Header>Last runs</Header>
        {(found.data?.runs ?? []).map((place) => (
          <Choice key={place.path} {...place} />
        ))}
      </MenuSection>
    </Menu>
  );
}

function Choice({ path, name, more }: FoundPlace) {
  return (
    <MenuItem id={path} textValue={`${name} ${more}`} className="palette-item">
      <span>{name}</span>
      {more !== "" && <span className="muted">{more}</span>}
    </MenuItem>
  );
}
