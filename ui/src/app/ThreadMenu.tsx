import { Copy, Download, Ellipsis, Flame, Sheet, Table2, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { useCloseErased } from "@/app/useCloseErased";
import { useOpenList } from "@/app/useOpenList";
import { buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { EraseDialog } from "@/entities/erasure/EraseDialog";
import { exportThread } from "@/features/threads/exportThread";
import { DeleteThread } from "@/features/threads/ThreadActions";
import { copyAndTell } from "@/lib/copyAndTell";
import { exportAndTell } from "@/lib/exportAndTell";

type ThreadMenuProps = { thread: { id: string; threadId: string }; projectId: string };

/** What else is done with an open thread, though not often. */
export function ThreadMenu({ thread: { id, threadId }, projectId }: ThreadMenuProps) {
  const [open, setOpen] = useState<"deletion" | "erasure" | null>(null);
  const onErased = useCloseErased(projectId);
  const list = useOpenList(projectId);
  const onAction = (key: string) => {
    if (key === "copy") copyAndTell(id, "Copied the ID of the thread.");
    else if (key === "json" || key === "csv") exportAndTell("the thread", () => exportThread(id, key));
    else if (key === "traces") list({ filter: `thread_id = ${JSON.stringify(threadId)}` });
    else setOpen(key === "delete" ? "deletion" : "erasure");
  };
  const dialog = (name: typeof open) => ({
    isOpen: open === name,
    onOpenChange: (isOpen: boolean) => setOpen(isOpen ? name : null),
  });
  return (
    <>
      <MenuTrigger>
        <Button className={buttonClass("plain", true)} aria-label="More actions">
          <Ellipsis aria-hidden />
        </Button>
        <MenuPopover>
          <Menu aria-label="More actions" className={menuStyles.menu ?? ""} onAction={(key) => onAction(String(key))}>
            <MenuItem id="traces" textValue="Traces as a table" className={menuStyles.item ?? ""}>
              <Table2 aria-hidden /> Its traces as a table
            </MenuItem>
            <MenuItem id="copy" textValue="Copy the ID" className={menuStyles.item ?? ""}>
              <Copy aria-hidden /> Copy the ID
            </MenuItem>
            <MenuItem id="json" textValue="Export as JSON" className={menuStyles.item ?? ""}>
              <Download aria-hidden /> Export the thread as JSON
            </MenuItem>
            <MenuItem id="csv" textValue="Messages as CSV" className={menuStyles.item ?? ""}>
              <Sheet aria-hidden /> Export its messages as CSV
            </MenuItem>
            <MenuItem id="delete" textValue="Delete" className={menuStyles.item ?? ""}>
              <Trash2 aria-hidden /> Delete the thread…
            </MenuItem>
            <MenuItem id="erase" textValue="Erase" className={menuStyles.item ?? ""}>
              <Flame aria-hidden /> Erase for good…
            </MenuItem>
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <DeleteThread id={id} {...dialog("deletion")} />
      <EraseDialog thing={{ kind: "thread", id }} onErased={onErased} {...dialog("erasure")} />
    </>
  );
}
