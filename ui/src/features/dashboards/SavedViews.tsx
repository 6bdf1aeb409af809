import { Bookmark, BookmarkPlus, Save, Settings2, Undo2 } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuSection, MenuTrigger, Separator } from "react-aria-components";
import { Button } from "@/components/Button";
import { CheckItem } from "@/components/CheckItem";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { ManageViews } from "@/features/dashboards/ManageViews";
import { NameDialog } from "@/features/dashboards/NameDialog";
import { configOf, searchOf, tellsApart } from "@/features/dashboards/savedView";
import { useSavedViews } from "@/features/dashboards/useSavedViews";
import { showToast } from "@/lib/toasts";
import styles from "./SavedViews.module.css";

type SavedViewsProps = {
  projectId: string;
  search: LogsSearch;
  /** The ids of the columns that are shown. */
  columns: string;
  onOpen: (search: LogsSearch) => void;
};

/** Views of the logs that everybody in the workspace shares: opens one, and saves what is on screen. */
export function SavedViews({ projectId, search, columns, onOpen }: SavedViewsProps) {
  const { views, ...saved } = useSavedViews(projectId);
  const [asked, setAsked] = useState<"new" | "manage" | null>(null);
  const open = views?.find(({ id }) => id === search.saved) ?? null;
  const isChanged = open !== null && tellsApart(open.config, search, columns);
  const show = (id: string) => {
    const view = views?.find((one) => one.id === id);
    if (view) onOpen({ ...searchOf(view.config), saved: id });
  };
  const saveChanges = async () => {
    if (!open) return;
    const problem = await saved.update(open.id, { config: configOf(search, columns) });
    showToast(problem ?? `Saved the changes of ${open.name}.`);
  };
  const onAction = (key: string) => {
    if (key === "new" || key === "manage") setAsked(key);
    else if (key === "save") void saveChanges();
    else if (key === "back" && open) show(open.id);
  };
  return (
    <>
      <MenuTrigger>
        <Button kind="plain" aria-label={open ? `Views: ${open.name}${isChanged ? ", changed" : ""}` : "Views"}>
          <Bookmark aria-hidden />
          <span className={styles.name}>{open ? open.name : "Views"}</span>
          {isChanged && <span className={styles.changed}>changed</span>}
        </Button>
        <MenuPopover>
          <Menu aria-label="Views" className={menuStyles.menu ?? ""} onAction={(key) => onAction(String(key))}>
            {views && views.length > 0 ? (
              <MenuSection
                aria-label="Saved views"
                selectionMode="single"
                disallowEmptySelection
                selectedKeys={open ? [open.id] : []}
                onSelectionChange={(keys) => {
                  const [id] = keys === "all" ? [] : [...keys];
                  if (id !== undefined) show(String(id));
                }}
              >
                {views.map(({ id, name }) => (
                  <CheckItem key={id} id={id} label={name} />
                ))}
              </MenuSection>
            ) : null}
            {views && views.length > 0 ? <Separator className={menuStyles.line ?? ""} /> : null}
            <MenuSection aria-label="What is on screen">
              {isChanged ? (
                <MenuItem id="save" className={menuStyles.item ?? ""}>
                  <Save aria-hidden /> Save changes
                </MenuItem>
              ) : null}
              {isChanged ? (
                <MenuItem id="back" className={menuStyles.item ?? ""}>
                  <Undo2 aria-hidden /> Show it as saved
                </MenuItem>
              ) : null}
              <MenuItem id="new" className={menuStyles.item ?? ""}>
                <BookmarkPlus aria-hidden /> Save as a view…
              </MenuItem>
              <MenuItem id="manage" className={menuStyles.item ?? ""}>
                <Settings2 aria-hidden /> Manage views…
              </MenuItem>
            </MenuSection>
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <NameDialog
        title="Save a view"
        act="Save view"
        named={{ name: "" }}
        isOpen={asked === "new"}
        onClose={() => setAsked(null)}
        onSave={async (named) => {
          const answer = await saved.create({ ...named, config: configOf(search, columns) });
          if ("problem" in answer) return answer.problem;
          onOpen({ ...search, columns, saved: answer.id });
          return null;
        }}
      />
      <ManageViews {...saved} views={views} isOpen={asked === "manage"} onClose={() => setAsked(null)} />
    </>
  );
}
