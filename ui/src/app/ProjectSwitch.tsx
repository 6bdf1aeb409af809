import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Check, ChevronsUpDown, FolderOpen } from "lucide-react";
import { useState } from "react";
import { Autocomplete, Button, Input, Menu, MenuItem, MenuTrigger, Popover, SearchField } from "react-aria-components";
import menuStyles from "@/components/Menu.module.css";
import { useProjectMatches } from "@/features/projects/useProjectMatches";
import { useProjectName } from "@/features/projects/useProjectName";
import styles from "./Sidebar.module.css";

type ProjectSwitchProps = { workspace: string; projectId: string; onGo?: (() => void) | undefined };

const ALL = "all projects";

/** The project one is in, and the way to the same place of another. */
export function ProjectSwitch({ workspace, projectId, onGo }: ProjectSwitchProps) {
  const { name } = useProjectName(projectId);
  const [isOpen, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const projects = useProjectMatches(words, isOpen);
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const navigate = useNavigate();
  const onAction = (key: string) => {
    setWords("");
    onGo?.();
    if (key === ALL) return navigate({ to: "/$workspace/projects", params: { workspace }, search: {} });
    const to = `/$workspace/projects/$projectId/${placeOf(pathname)}` as const;
    return navigate({ to, params: { workspace, projectId: key }, search: {} });
  };
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className={styles.project ?? ""} aria-label={`Project ${name ?? ""}, switch to another`}>
        <FolderOpen aria-hidden />
        <span>{name ?? "Project"}</span>
        <ChevronsUpDown aria-hidden />
      </Button>
      <Popover className={menuStyles.popover ?? ""} placement="bottom start" offset={4}>
        <Autocomplete inputValue={words} onInputChange={setWords}>
          <SearchField aria-label="Find a project" autoFocus className={styles.find ?? ""}>
            <Input placeholder="Find a project" />
          </SearchField>
          <Menu
            aria-label="Projects"
            className={menuStyles.menu ?? ""}
            onAction={(key) => onAction(String(key))}
            renderEmptyState={() => "No project of that name"}
          >
            {projects.map(({ id, name: label }) => (
              <MenuItem key={id} id={id} textValue={label} className={menuStyles.item ?? ""}>
                <span className={menuStyles.check}>{id === projectId && <Check aria-label="this one" />}</span>
                {label}
              </MenuItem>
            ))}
            <MenuItem id={ALL} textValue="All projects" className={menuStyles.item ?? ""}>
              <span className={menuStyles.check} />
              All projects…
            </MenuItem>
          </Menu>
        </Autocomplete>
      </Popover>
    </MenuTrigger>
  );
}

const PLACES = [
  "home",
  "dashboards",
  "diagnostics",
  "prompts",
  "agent-configuration",
  "agent-playground",
  "optimizations",
  "datasets",
  "experiments",
  "annotation-queues",
  "activity",
  "trash",
] as const;

/** The list that one is at or within; what lies in it is of its own project, and so is not gone to. */
function placeOf(pathname: string): (typeof PLACES)[number] | "logs" {
  const place = pathname.split("/")[4];
  return PLACES.find((known) => known === place) ?? "logs";
}
