import { X } from "lucide-react";
import { Button } from "@/components/Button";
import { IconButton } from "@/components/IconButton";
import { useHotkeys } from "@/lib/hotkeys";
import { dismissToast, useToasts } from "@/lib/toasts";
import styles from "./Toasts.module.css";

/** What was done of late; `U` takes the last of it back. */
export function Toasts() {
  const toasts = useToasts();
  const last = toasts.findLast((toast) => toast.undo);
  const undo = (toast: (typeof toasts)[number] | undefined) => {
    if (!toast) return;
    toast.undo?.();
    dismissToast(toast.id);
  };
  useHotkeys(last ? { u: () => undo(last) } : {});
  return (
    // Also over a dialog: what is behind it is hidden, and a press there closes it.
    <div role="status" className={styles.toasts} data-react-aria-top-layer>
      {toasts.map((toast) => (
        <div key={toast.id} className={styles.toast}>
          <span>{toast.text}</span>
          {toast.undo && (
            <Button onPress={() => undo(toast)}>
              Undo <kbd>U</kbd>
            </Button>
          )}
          <IconButton label="Dismiss" onPress={() => dismissToast(toast.id)}>
            <X aria-hidden />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
