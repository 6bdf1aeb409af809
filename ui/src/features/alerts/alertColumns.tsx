import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/Badge";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { ORIGIN_COLUMNS, UPDATED_COLUMN } from "@/components/originColumns";
import type { AlertItem } from "@/features/alerts/useAlertList";
import { DESTINATIONS, EVENTS } from "@/features/alerts/words";

type Column = ListColumn<AlertItem>;

/** Columns that one asks for. */
export const RARE_ALERT_COLUMNS: readonly string[] = ["Created", "Created by", "ID"];

export const alertNameColumn = (workspace: string, projectId: string): Column => ({
  label: "Name",
  sort: "name",
  cell: (alert) => (
    <>
      <Link
        to="/$workspace/projects/$projectId/alerts/$alertId"
        params={{ workspace, projectId, alertId: alert.id }}
        className={rowLink}
      >
        {alert.name}
      </Link>
      {!alert.projectId && <RowNote>In more than this project</RowNote>}
    </>
  ),
});

export const ALERT_COLUMNS: readonly Column[] = [
  { label: "Destination", sort: "destination", isMinor: true, cell: ({ destination }) => DESTINATIONS[destination] },
  { label: "Endpoint", isMinor: true, cell: ({ url }) => <RowNote>{url}</RowNote> },
  {
    label: "Events",
    isMinor: true,
    cell: ({ triggers }) => triggers.map(({ eventType }) => EVENTS[eventType]).join(", ") || "none",
  },
  {
    label: "Status",
    cell: ({ isEnabled }) => <Badge tone={isEnabled ? "accent" : "plain"}>{isEnabled ? "enabled" : "disabled"}</Badge>,
  },
  { ...UPDATED_COLUMN, isMinor: true },
  ...ORIGIN_COLUMNS,
];
