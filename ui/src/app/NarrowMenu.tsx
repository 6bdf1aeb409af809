import { Menu as MenuIcon } from "lucide-react";
import { useState } from "react";
import { Places, ProjectHead } from "@/app/Sidebar";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import styles from "./Shell.module.css";

/** The navigation where there is no room for it beside the page. */
export function NarrowMenu() {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={styles.narrow}>
      <IconButton label="Menu" onPress={() => setOpen(true)}>
        <MenuIcon aria-hidden />
      </IconButton>
      <ModalDialog title="Go to" isOpen={isOpen} onOpenChange={setOpen}>
        <ProjectHead onGo={() => setOpen(false)} />
        <Places onGo={() => setOpen(false)} />
      </ModalDialog>
    </div>
  );
}
