import { Download, Ellipsis, Flame, ListChecks, Sheet, Table2, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { useCloseErased } from "@/app/useCloseErased";
import { useOpenList } from "@/app/useOpenList";
import { buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { EraseDialog } from "@/entities/erasure/EraseDialog";
import { AddToQueueDialog } from "@/features/annotations/AddToQueue";
import { exportTrace } from "@/features/traces/exportTrace";
import { DeleteTrace } from "@/features/traces/TraceActions";
import { exportAndTell } from "@/lib/exportAndTell";

const DIALOGS = ["queue", "deletion", "erasure"] as const;
type Dialog = (typeof DIALOGS)[number];
type TraceMenuProps = { trace: { id: string; projectId: string } };

/** What else is done with an open trace, though not often. */
export function TraceMenu({ trace: { id, projectId } }: TraceMenuProps) {
  const [open, setOpen] = useState<Dialog | null>(null);
  const onErased = useCloseErased(projectId);
  const list = useOpenList(projectId);
  const onAction = (key: string) => {
    if (key === "json" || key === "csv") exportAndTell("the trace", () => exportTrace(id, key));
    else if (key === "spans") list({ logsType: "spans", filter: `trace_id = "${id}"` });
    else setOpen(DIALOGS.find((name) => name === key) ?? null);
  };
  const dialog = (name: Dialog) => ({
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
            <MenuItem id="queue" textValue="Add to a queue" className={menuStyles.item ?? ""}>
              <ListChecks aria-hidden /> Add the trace to a queue…
            </MenuItem>
            <MenuItem id="spans" textValue="Spans as a table" className={menuStyles.item ?? ""}>
              <Table2 aria-hidden /> Its spans as a table
            </MenuItem>
            <MenuItem id="json" textValue="Export as JSON" className={menuStyles.item ?? ""}>
              <Download aria-hidden /> Export the trace as JSON
            </MenuItem>
            <MenuItem id="csv" textValue="Spans as CSV" className={menuStyles.item ?? ""}>
              <Sheet aria-hidden /> Export its spans as CSV
            </MenuItem>
            <MenuItem id="deletion" textValue="Delete" className={menuStyles.item ?? ""}>
              <Trash2 aria-hidden /> Delete the trace…
            </MenuItem>
            <MenuItem id="erasure" textValue="Erase" className={menuStyles.item ?? ""}>
              <Flame aria-hidden /> Erase for good…
            </MenuItem>
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <AddToQueueDialog projectId={projectId} scope="TRACE" ids={[id]} {...dialog("queue")} />
      <DeleteTrace id={id} {...dialog("deletion")} />
      <EraseDialog thing={{ kind: "trace", id }} onErased={onErased} {...dialog("erasure")} />
    </>
  );
}
