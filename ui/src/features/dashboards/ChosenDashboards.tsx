import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { DeleteDashboardsMutation } from "@/features/dashboards/deleteDashboards";

const DASHBOARDS = { one: "dashboard", many: "dashboards" };

/** What can be done with the dashboards that are chosen. */
export function ChosenDashboards({ ids, onDeleted }: { ids: readonly string[]; onDeleted: () => void }) {
  const [, remove] = useMutation(DeleteDashboardsMutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  if (id === undefined) return null;
  return (
    <DeleteMany
      kind={DASHBOARDS}
      ids={ids}
      remove={remove}
      onDeleted={onDeleted}
      tell={(text) => showDeleted({ text, id, kind: "dashboard_deleted" })}
    >
      Nothing of what they show goes with them. They can be restored from the trash.
    </DeleteMany>
  );
}
