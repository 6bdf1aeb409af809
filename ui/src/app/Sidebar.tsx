import { Link, useParams } from "@tanstack/react-router";
import {
  Activity,
  Bell,
  Bot,
  Boxes,
  ChartColumn,
  Database,
  FlaskConical,
  FolderOpen,
  House,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  MessageSquareQuote,
  PanelLeftClose,
  PanelLeftOpen,
  Rocket,
  Route,
  ScrollText,
  Search,
  Settings,
  SlidersHorizontal,
  Stethoscope,
  Target,
  Trash2,
} from "lucide-react";
import type { ReactNode } from "react";
import { ProjectSwitch } from "@/app/ProjectSwitch";
import { IconButton } from "@/components/IconButton";
import { parseBoolean, useStored } from "@/lib/storage";
import styles from "./Sidebar.module.css";

/** Where one can go from here, always in sight; narrow where the room is needed. */
export function Sidebar() {
  const [isOpen, setOpen] = useStored("nav.open", parseBoolean, true);
  return (
    <aside className={styles.side} data-open={isOpen || undefined}>
      <ProjectHead />
      <Places />
      <div className={styles.end}>
        <IconButton label={isOpen ? "Narrow the navigation" : "Widen the navigation"} onPress={() => setOpen(!isOpen)}>
          {isOpen ? <PanelLeftClose aria-hidden /> : <PanelLeftOpen aria-hidden />}
        </IconButton>
      </div>
    </aside>
  );
}

/** On top of the places, within a project. */
export function ProjectHead({ onGo }: { onGo?: () => void }) {
  const { workspace = "default", projectId } = useParams({ strict: false });
  return projectId ? <ProjectSwitch {...{ workspace, projectId, onGo }} /> : null;
}

const IN_PROJECT = [
  {
    title: "Observe",
    places: [
      { to: "/$workspace/projects/$projectId/home", label: "Home", Icon: House },
      { to: "/$workspace/projects/$projectId/logs", label: "Logs", Icon: Route },
      { to: "/$workspace/projects/$projectId/dashboards", label: "At a glance", Icon: ChartColumn },
      { to: "/$workspace/projects/$projectId/diagnostics", label: "Diagnostics", Icon: Stethoscope },
      { to: "/$workspace/projects/$projectId/alerts", label: "Alerts", Icon: Bell },
    ],
  },
  {
    title: "Develop",
    places: [
      { to: "/$workspace/projects/$projectId/prompts", label: "Prompts", Icon: MessageSquareQuote },
      {
        to: "/$workspace/projects/$projectId/agent-configuration",
        label: "Agent configuration",
        Icon: SlidersHorizontal,
      },
      { to: "/$workspace/projects/$projectId/agent-playground", label: "Agent playground", Icon: Bot },
      { to: "/$workspace/projects/$projectId/optimizations", label: "Optimizations", Icon: Target },
    ],
  },
  {
    title: "Evaluate",
    places: [
      { to: "/$workspace/projects/$projectId/datasets", label: "Datasets", Icon: Database },
      { to: "/$workspace/projects/$projectId/experiments", label: "Experiments", Icon: FlaskConical },
      { to: "/$workspace/projects/$projectId/annotation-queues", label: "Annotation queues", Icon: ListChecks },
    ],
  },
  {
    title: "Look back",
    places: [
      { to: "/$workspace/projects/$projectId/activity", label: "Activity", Icon: Activity },
      { to: "/$workspace/projects/$projectId/trash", label: "Trash", Icon: Trash2 },
    ],
  },
] as const;

/** The places themselves, for the side of a wide screen and for the menu of a narrow one. */
export function Places({ onGo }: { onGo?: () => void }) {
  const { workspace = "default", projectId } = useParams({ strict: false });
  const inProject = projectId ? { workspace, projectId } : null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the links within take the keys
    // biome-ignore lint/a11y/noStaticElementInteractions: the links within are what is pressed
    <div className={styles.places} onClick={onGo}>
      <nav aria-label="Main">
        {inProject &&
          IN_PROJECT.map(({ title, places }) => (
            <Group key={title} title={title}>
              {places.map(({ to, label, Icon }) => (
                <li key={to}>
                  <Link to={to} params={inProject} search={{}} className={styles.place}>
                    <Label Icon={Icon}>{label}</Label>
                  </Link>
                </li>
              ))}
            </Group>
          ))}
        <Group title="Workspace" name={workspace}>
          <li>
            <Link
              to="/$workspace/projects"
              params={{ workspace }}
              search={{}}
              activeOptions={{ exact: true }}
              className={styles.place}
            >
              <Label Icon={FolderOpen}>Projects</Label>
            </Link>
          </li>
          <li>
            <Link to="/$workspace/search" params={{ workspace }} search={{}} className={styles.place}>
              <Label Icon={Search}>Search</Label>
            </Link>
          </li>
          <li>
            <Link to="/$workspace/dashboards" params={{ workspace }} search={{}} className={styles.place}>
              <Label Icon={LayoutDashboard}>Dashboards</Label>
            </Link>
          </li>
          <li>
            <Link to="/$workspace/trash" params={{ workspace }} search={{}} className={styles.place}>
              <Label Icon={Trash2}>Workspace trash</Label>
            </Link>
          </li>
          <li>
            <Link to="/$workspace/audit-log" params={{ workspace }} search={{}} className={styles.place}>
              <Label Icon={ScrollText}>Audit log</Label>
            </Link>
          </li>
          <li>
            <Link to="/$workspace/workspaces" params={{ workspace }} search={{}} className={styles.place}>
              <Label Icon={Boxes}>Workspaces</Label>
            </Link>
          </li>
          <li>
            <Link to="/$workspace/settings" params={{ workspace }} search={{}} className={styles.place}>
              <Label Icon={Settings}>Settings</Label>
            </Link>
          </li>
          <li>
            <Link to="/$workspace/get-started" params={{ workspace }} className={styles.place}>
              <Label Icon={Rocket}>Get started</Label>
            </Link>
          </li>
        </Group>
      </nav>
    </div>
  );
}

function Group({ title, name, children }: { title: string; name?: string; children: ReactNode }) {
  return (
    <section aria-label={title} className={styles.group}>
      <h2 title={name}>
        {title} {name}
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

function Label({ Icon, children }: { Icon: LucideIcon; children: string }) {
  return (
    <>
      <Icon aria-hidden /> <span title={children}>{children}</span>
    </>
  );
}
