import { CatalogPage } from "@/components/CatalogPage";
import { DeleteChosen } from "@/entities/history/DeleteChosen";
import { ALERT_COLUMNS, alertNameColumn, RARE_ALERT_COLUMNS } from "@/features/alerts/alertColumns";
import { DeleteAlertsMutation } from "@/features/alerts/deleteAlerts";
import { useAlertList } from "@/features/alerts/useAlertList";
import { NEWEST_FIRST, orderOf } from "@/lib/sortOrder";

export type AlertsSearch = { name?: string | undefined; sort?: string | undefined };

type AlertsProps = {
  workspace: string;
  projectId: string;
  search: AlertsSearch;
  onSearch: (search: AlertsSearch) => void;
  onCreate: () => void;
};

const ALERTS = { one: "alert", many: "alerts" };

/** Who is told when something happens or goes wrong. */
export function Alerts({ workspace, projectId, search, onSearch, onCreate }: AlertsProps) {
  const { name = "" } = search;
  const order = orderOf(search.sort, NEWEST_FIRST, (sort) => onSearch({ ...search, sort }));
  return (
    <CatalogPage
      isWide
      title="Alerts"
      kind={ALERTS}
      things={useAlertList(projectId, name, order.sort)}
      order={order}
      nameColumn={alertNameColumn(workspace, projectId)}
      columns={ALERT_COLUMNS}
      rareColumns={RARE_ALERT_COLUMNS}
      name={name}
      onName={(next) => onSearch({ ...search, name: next })}
      onClear={() => onSearch({ sort: search.sort })}
      acts={({ ids, clear }) => (
        <DeleteChosen kind={ALERTS} event="alert_deleted" ids={ids} mutation={DeleteAlertsMutation} onDeleted={clear}>
          Nobody is told by them any more. They can be restored from the trash.
        </DeleteChosen>
      )}
      onCreate={onCreate}
      empty="An alert sends a message to a webhook, Slack or PagerDuty when traces fail, cost much, take long or are judged badly, and when prompts or experiments change."
    />
  );
}
