import { Copy, Ellipsis, Flame, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { EraseDialog } from "@/entities/erasure/EraseDialog";
import { DeleteProjectsDialog } from "@/features/projects/DeleteProjects";
import { EditProjectDialog } from "@/features/projects/ProjectDialogs";
import { copyAndTell } from "@/lib/copyAndTell";

type Project = { id: string; name: string; description?: string | null };

/** What can be done with a project of the list. */
export function ProjectMenu({ project }: { project: Project }) {
  const { id, name } = project;
  const [asked, setAsked] = useState<"edit" | "delete" | "erase" | null>(null);
  const opener = (dialog: typeof asked) => ({
    isOpen: asked === dialog,
    onOpenChange: (isOpen: boolean) => setAsked(isOpen ? dialog : null),
  });
  const onAction = (key: string) => {
    if (key === "copy") copyAndTell(id, "Copied the ID of the project.");
    else if (key === "edit" || key === "delete" || key === "erase") setAsked(key);
  };
  return (
    <>
      <MenuTrigger>
        <Button className={buttonClass("quiet", true)} aria-label={`Actions of ${name}`}>
          <Ellipsis aria-hidden />
        </Button>
        <MenuPopover>
          <Menu
            aria-label={`Actions of ${name}`}
            className={menuStyles.menu ?? ""}
            onAction={(key) => onAction(String(key))}
          >
            <MenuItem id="edit" textValue="Edit" className={menuStyles.item ?? ""}>
              <Pencil aria-hidden /> Edit name and description…
            </MenuItem>
            <MenuItem id="copy" textValue="Copy the ID" className={menuStyles.item ?? ""}>
              <Copy aria-hidden /> Copy the ID
            </MenuItem>
            <MenuItem id="delete" textValue="Delete" className={menuStyles.item ?? ""}>
              <Trash2 aria-hidden /> Delete the project…
            </MenuItem>
            <MenuItem id="erase" textValue="Erase" className={menuStyles.item ?? ""}>
              <Flame aria-hidden /> Erase for good…
            </MenuItem>
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <EditProjectDialog project={project} {...opener("edit")} />
      <DeleteProjectsDialog projects={[project]} {...opener("delete")} />
      <EraseDialog thing={{ kind: "project", id, name }} {...opener("erase")} />
    </>
  );
}
