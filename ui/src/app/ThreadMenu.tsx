import { Copy, Ellipsis, Flame } from "lucide-react";
import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { useCloseErased } from "@/app/useCloseErased";
import { buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { EraseDialog } from "@/entities/erasure/EraseDialog";
import { copyAndTell } from "@/lib/copyAndTell";

/** What else is done with an open thread, though not often. */
export function ThreadMenu({ id, projectId }: { id: string; projectId: string }) {
  const [isErasing, setErasing] = useState(false);
  const onErased = useCloseErased(projectId);
  const onAction = (key: string) => {
    if (key === "copy") copyAndTell(id, "Copied the ID of the thread.");
    else setErasing(true);
  };
  return (
    <>
      <MenuTrigger>
        <Button className={buttonClass("plain", true)} aria-label="More actions">
          <Ellipsis aria-hidden />
        </Button>
        <MenuPopover>
          <Menu aria-label="More actions" className={menuStyles.menu ?? ""} onAction={(key) => onAction(String(key))}>
            <MenuItem id="copy" textValue="Copy the ID" className={menuStyles.item ?? ""}>
              <Copy aria-hidden /> Copy the ID
            </MenuItem>
            <MenuItem id="erase" textValue="Erase" className={menuStyles.item ?? ""}>
              <Flame aria-hidden /> Erase for good…
            </MenuItem>
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <EraseDialog thing={{ kind: "thread", id }} isOpen={isErasing} onOpenChange={setErasing} onErased={onErased} />
    </>
  );
}
