import { Pencil, Plus, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { Page } from "@/components/Page";
import { Segmented } from "@/components/Segmented";
import { useUpToNow } from "@/entities/figures/useUpToNow";
import {
  type Config,
  type Section,
  type Widget,
  withoutWidget,
  withSection,
  withWidget,
} from "@/features/dashboards/config";
import styles from "@/features/dashboards/Dashboard.module.css";
import { DeleteDialog } from "@/features/dashboards/DeleteDialog";
import { NameDialog } from "@/features/dashboards/NameDialog";
import { useDashboard } from "@/features/dashboards/useDashboard";
import { BUCKETS_MAX } from "@/features/dashboards/useFigures";
import { WidgetDialog } from "@/features/dashboards/WidgetDialog";
import { WidgetGrid } from "@/features/dashboards/WidgetGrid";
import { RANGES, rangeOf } from "@/lib/ranges";
import { useRememberedPage } from "@/lib/recents";
import { showToast } from "@/lib/toasts";

type DashboardViewProps = {
  dashboardId: string;
  range: string | undefined;
  onRange: (range: string) => void;
  onDeleted: () => void;
};

/** Of what widgets tell. */
const SHOWN = ["TRACE", "SPAN", "THREAD", "EXPERIMENT"] as const;

type Asked = { kind: "name" } | { kind: "delete" } | { kind: "widget"; sectionId: string; widget: Widget | null };

/** What people laid out to look at again and again. */
export function DashboardView({ dashboardId, range: rangeId, onRange, onDeleted }: DashboardViewProps) {
  const { dashboard, config, isMissing, isSaving, failure, refresh, save, rename } = useDashboard(dashboardId);
  useRememberedPage("dashboard", dashboard?.name);
  const range = rangeOf(rangeId);
  const { goOn, ...looked } = useUpToNow({ rangeMs: range.ms, bucketsMax: BUCKETS_MAX, kinds: SHOWN });
  const [asked, setAsked] = useState<Asked | null>(null);
  if (isMissing) return <ErrorState title="There is no such dashboard" message="It may have been deleted." />;

  const onRemove = (now: Config, section: Section, widget: Widget) => {
    save(withoutWidget(now, section.id, widget.id));
    showToast(`Took ${widget.title || "the widget"} away.`, () => save(now));
  };
  return (
    <Page
      isWide
      title={dashboard?.name ?? "Dashboard"}
      about={
        <>
          {dashboard?.description} <span role="status">{isSaving ? "saving…" : ""}</span>
        </>
      }
      actions={
        <>
          <Segmented
            label="Time"
            options={RANGES}
            value={range.id}
            onChange={(id) => {
              goOn();
              onRange(id);
            }}
          />
          <IconButton label="Refresh" kind="plain" onPress={goOn}>
            <RotateCw aria-hidden />
          </IconButton>
          <IconButton label="Edit name and description" kind="plain" onPress={() => setAsked({ kind: "name" })}>
            <Pencil aria-hidden />
          </IconButton>
          <IconButton label="Delete dashboard" kind="plain" onPress={() => setAsked({ kind: "delete" })}>
            <Trash2 aria-hidden />
          </IconButton>
          {config && (
            <Button onPress={() => save(withSection(config, newSection(config.sections.length)))}>
              <Plus aria-hidden /> Section
            </Button>
          )}
        </>
      }
    >
      <Found what="dashboard" value={config} failure={failure} onRetry={refresh}>
        {(found) =>
          found.sections.map((section) => (
            <section key={section.id} aria-label={section.title} className={styles.section}>
              <header>
                <h2>{section.title}</h2>
                <Button onPress={() => setAsked({ kind: "widget", sectionId: section.id, widget: null })}>
                  <Plus aria-hidden /> Widget
                </Button>
              </header>
              {section.widgets.length === 0 ? (
                <EmptyState title="Nothing here yet">
                  Add figures over time, single figures, tables, leaderboards of experiments, or text.
                </EmptyState>
              ) : (
                <WidgetGrid
                  config={found}
                  section={section}
                  projectId={dashboard?.projectId ?? null}
                  looked={looked}
                  onChange={save}
                  onEdit={(widget) => setAsked({ kind: "widget", sectionId: section.id, widget })}
                  onRemove={(widget) => onRemove(found, section, widget)}
                />
              )}
            </section>
          ))
        }
      </Found>
      {dashboard && config && (
        <>
          <NameDialog
            title="Edit dashboard"
            act="Save"
            named={dashboard}
            isOpen={asked?.kind === "name"}
            onClose={() => setAsked(null)}
            onSave={rename}
          />
          <WidgetDialog
            widget={asked?.kind === "widget" ? asked.widget : null}
            projectId={dashboard.projectId ?? null}
            isOpen={asked?.kind === "widget"}
            onClose={() => setAsked(null)}
            onSave={(widget) => {
              if (asked?.kind === "widget") save(withWidget(config, asked.sectionId, widget));
              setAsked(null);
            }}
          />
          <DeleteDialog
            dashboard={dashboard}
            isOpen={asked?.kind === "delete"}
            onClose={() => setAsked(null)}
            onDeleted={onDeleted}
          />
        </>
      )}
    </Page>
  );
}

const newSection = (count: number): Section => ({
  id: crypto.randomUUID(),
  title: `Section ${count + 1}`,
  widgets: [],
  layout: [],
});
