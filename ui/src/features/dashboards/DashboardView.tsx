import { Copy, Link as LinkIcon, Pencil, Plus, RotateCw, Trash2 } from "lucide-react";
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
  withoutSection,
  withoutWidget,
  withSection,
  withSectionAs,
  withSectionMoved,
} from "@/features/dashboards/config";
import { type Asked, DashboardDialogs } from "@/features/dashboards/DashboardDialogs";
import { DashboardSection } from "@/features/dashboards/DashboardSection";
import { useDashboard } from "@/features/dashboards/useDashboard";
import { BUCKETS_MAX } from "@/features/dashboards/useFigures";
import { WidgetGrid } from "@/features/dashboards/WidgetGrid";
import { copyAndTell } from "@/lib/copyAndTell";
import { RANGES, rangeOf } from "@/lib/ranges";
import { useRememberedPage } from "@/lib/recents";
import { showToast } from "@/lib/toasts";

type DashboardViewProps = {
  dashboardId: string;
  range: string | undefined;
  onRange: (range: string) => void;
  onDeleted: () => void;
  onCopied: (id: string) => void;
};

/** Of what widgets tell. */
const SHOWN = ["TRACE", "SPAN", "THREAD", "EXPERIMENT"] as const;

/** What people laid out to look at again and again. */
export function DashboardView({ dashboardId, range: rangeId, onRange, onDeleted, onCopied }: DashboardViewProps) {
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
  const onRemoveSection = (now: Config, section: Section) => {
    save(withoutSection(now, section.id));
    showToast(`Took the section ${section.title} away.`, () => save(now));
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
          <IconButton
            label="Copy the link"
            kind="plain"
            onPress={() => copyAndTell(window.location.href, "Copied the link of the dashboard.")}
          >
            <LinkIcon aria-hidden />
          </IconButton>
          <IconButton label="Duplicate" kind="plain" onPress={() => setAsked({ kind: "copy" })}>
            <Copy aria-hidden />
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
          found.sections.map((section, at) => (
            <DashboardSection
              key={section.id}
              section={section}
              isFirst={at === 0}
              isLast={at === found.sections.length - 1}
              onExpanded={(expanded) => save(withSectionAs(found, section.id, { expanded }))}
              onRename={() => setAsked({ kind: "section", section })}
              onMove={(by) => save(withSectionMoved(found, section.id, by) ?? found)}
              onRemove={() => onRemoveSection(found, section)}
              onAddWidget={() => setAsked({ kind: "widget", sectionId: section.id, widget: null })}
            >
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
            </DashboardSection>
          ))
        }
      </Found>
      {dashboard && config && (
        <DashboardDialogs
          {...{ dashboard, config, asked, save, rename, onDeleted, onCopied }}
          onClose={() => setAsked(null)}
        />
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
