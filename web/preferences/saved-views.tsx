import { useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import type { SavedView } from "#contract/preferences/preferences";
import { TextField } from "../parts/labelled.tsx";
import { ChangeButton } from "../ui/change-button.tsx";
import { ChangeDialog, textOf } from "../ui/dialog.tsx";
import { usePreferences } from "./use-preferences.ts";

interface SavedViewsProps {
  list: SavedView["list"];
}

/** The views of a list that somebody has saved: each is an address; the one that is shown can be saved, or forgotten. */
export function SavedViews({ list }: SavedViewsProps) {
  const [path] = useLocation();
  const query = useSearch();
  const { preferences, isKnown, change } = usePreferences();
  const [isOpen, setOpen] = useState(false);
  const views = preferences.views.filter((view) => view.list === list);
  const shown = views.find((view) => view.query === query);
  if (!isKnown || (views.length === 0 && query === "")) return null;
  return (
    <nav className="tags saved-views" aria-label="Saved views">
      {views.map((view) => (
        <Link
          key={view.name}
          to={view.query === "" ? path : `${path}?${view.query}`}
          className="tag"
          aria-current={view === shown ? "true" : undefined}
        >
          {view.name}
        </Link>
      ))}
      {shown === undefined ? (
        <button type="button" className="small quiet" onClick={() => setOpen(true)}>
          Save this view …
        </button>
      ) : (
        <ChangeButton
          label="Forget this view"
          className="small quiet"
          said={`${shown.name} is forgotten.`}
          onPress={() => change({ views: preferences.views.filter((view) => view !== shown) })}
        />
      )}
      {isOpen && (
        <SaveDialog
          onSave={(name) =>
            change({
              views: [
                ...preferences.views.filter((view) => view.list !== list || view.name !== name),
                { list, name, query },
              ],
            })
          }
          onClose={() => setOpen(false)}
        />
      )}
    </nav>
  );
}

interface SaveDialogProps {
  onSave: (name: string) => Promise<void>;
  onClose: () => void;
}

function SaveDialog({ onSave, onClose }: SaveDialogProps) {
  return (
    <ChangeDialog
      title="Save this view"
      action="Save it"
      send={(form) => onSave(textOf(form, "name"))}
      said={(form) => `${textOf(form, "name")} is saved.`}
      onClose={onClose}
    >
      <TextField
        label="Name"
        name="name"
        required
        maxLength={60}
        autoComplete="off"
        hint="The filters as they are now; one of the same name is replaced."
      />
    </ChangeDialog>
  );
}
