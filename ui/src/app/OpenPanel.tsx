import { ChevronDown, ChevronUp, X } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/CopyButton";
import { IconButton } from "@/components/IconButton";
import styles from "./OpenPanel.module.css";

type OpenPanelProps = {
  /** What is open. */
  noun: "trace" | "thread";
  id: string;
  /** The address of its page, and the way there. */
  path: () => string;
  page: ReactNode;
  onMove: (step: number) => void;
  onClose: () => void;
  children: ReactNode;
};

/** What is open beside the list it stands in. */
export function OpenPanel({ noun, id, path, page, onMove, onClose, children }: OpenPanelProps) {
  return (
    <aside className={styles.panel} aria-label={noun === "trace" ? "Trace" : "Thread"}>
      <header className={styles.head}>
        <IconButton label="Close" shortcut="Esc" onPress={onClose}>
          <X aria-hidden />
        </IconButton>
        <IconButton label={`Next ${noun}`} shortcut="J" onPress={() => onMove(1)}>
          <ChevronDown aria-hidden />
        </IconButton>
        <IconButton label={`Previous ${noun}`} shortcut="K" onPress={() => onMove(-1)}>
          <ChevronUp aria-hidden />
        </IconButton>
        <span className={styles.title} title={id}>
          {id}
        </span>
        <CopyButton label="Copy link" text={() => new URL(path(), window.location.origin).href} isWide />
        {page}
      </header>
      {children}
    </aside>
  );
}
