import { CreateDashboardDialog } from "@/features/dashboards/CreateDashboardDialog";
import { type Config, type Section, type Widget, withSectionAs, withWidget } from "@/features/dashboards/config";
import { DeleteDialog } from "@/features/dashboards/DeleteDialog";
import { NameDialog } from "@/features/dashboards/NameDialog";
import { SectionDialog } from "@/features/dashboards/SectionDialog";
import type { useDashboard } from "@/features/dashboards/useDashboard";
import { WidgetDialog } from "@/features/dashboards/WidgetDialog";

/** Which dialog stands open, and of what. */
export type Asked =
  | { kind: "name" | "copy" | "delete" }
  | { kind: "section"; section: Section }
  | { kind: "widget"; sectionId: string; widget: Widget | null };

type Live = ReturnType<typeof useDashboard>;

type DashboardDialogsProps = Pick<Live, "save" | "rename"> & {
  dashboard: NonNullable<Live["dashboard"]>;
  config: Config;
  asked: Asked | null;
  onClose: () => void;
  onDeleted: () => void;
  onCopied: (id: string) => void;
};

/** What is asked before a dashboard changes. */
export function DashboardDialogs({ dashboard, config, asked, save, onClose, ...props }: DashboardDialogsProps) {
  const { name, description, projectId, type, config: text } = dashboard;
  return (
    <>
      <NameDialog
        title="Edit dashboard"
        act="Save"
        named={dashboard}
        isOpen={asked?.kind === "name"}
        onClose={onClose}
        onSave={props.rename}
      />
      <CreateDashboardDialog
        copied={{ name: `Copy of ${name}`, description, type, config: text ?? null }}
        isOpen={asked?.kind === "copy"}
        onClose={onClose}
        onDashboardCreated={props.onCopied}
      />
      <SectionDialog
        title={asked?.kind === "section" ? asked.section.title : ""}
        isOpen={asked?.kind === "section"}
        onClose={onClose}
        onSave={(title) => {
          if (asked?.kind === "section") save(withSectionAs(config, asked.section.id, { title }));
          onClose();
        }}
      />
      <WidgetDialog
        widget={asked?.kind === "widget" ? asked.widget : null}
        projectId={projectId ?? null}
        isOpen={asked?.kind === "widget"}
        onClose={onClose}
        onSave={(widget) => {
          if (asked?.kind === "widget") save(withWidget(config, asked.sectionId, widget));
          onClose();
        }}
      />
      <DeleteDialog
        dashboard={dashboard}
        isOpen={asked?.kind === "delete"}
        onClose={onClose}
        onDeleted={props.onDeleted}
      />
    </>
  );
}
