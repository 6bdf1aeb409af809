import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Problem } from "@/components/Form";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import menuStyles from "@/components/Menu.module.css";
import { ModalDialog } from "@/components/ModalDialog";
import { Time } from "@/components/Time";
import { NameDialog } from "@/features/dashboards/NameDialog";
import { shownIn } from "@/features/dashboards/savedView";
import type { SavedView, useSavedViews } from "@/features/dashboards/useSavedViews";
import styles from "./SavedViews.module.css";

type ManageViewsProps = Omit<ReturnType<typeof useSavedViews>, "create"> & { isOpen: boolean; onClose: () => void };

/** All saved views of a project, to be renamed and deleted. */
export function ManageViews({ views, failure, isOpen, onClose, refresh, update, remove }: ManageViewsProps) {
  const [renamed, setRenamed] = useState<SavedView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <>
      <ModalDialog title="Saved views" isOpen={isOpen && renamed === null} onOpenChange={onClose}>
        <Found what="views" value={views ?? undefined} failure={failure} onRetry={refresh}>
          {(found) => (
            <div className={styles.list}>
              {found.length === 0 && <p>None yet. Save what is on screen under a name, for everybody.</p>}
              {found.map((view) => (
                <div key={view.id} className={menuStyles.setRow}>
                  <div>
                    <strong>{view.name}</strong>
                    <p>{view.description || shownIn(view.config)}</p>
                    <p>
                      {view.lastUpdatedBy}, <Time at={view.lastUpdatedAt} style="relative" />
                    </p>
                  </div>
                  <IconButton label={`Rename ${view.name}`} onPress={() => setRenamed(view)}>
                    <Pencil aria-hidden />
                  </IconButton>
                  <IconButton label={`Delete ${view.name}`} onPress={async () => setProblem(await remove(view))}>
                    <Trash2 aria-hidden />
                  </IconButton>
                </div>
              ))}
            </div>
          )}
        </Found>
        <Problem text={problem} />
      </ModalDialog>
      {renamed && (
        <NameDialog
          title={`Rename ${renamed.name}`}
          act="Save"
          named={renamed}
          isOpen
          onClose={() => setRenamed(null)}
          onSave={(named) => update(renamed.id, named)}
        />
      )}
    </>
  );
}
