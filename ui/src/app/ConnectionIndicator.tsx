import { useState } from "react";
import { Button } from "react-aria-components";
import { ServerDialog } from "@/app/ServerDialog";
import { useConnectionStatus } from "@/lib/connection";
import { useChord } from "@/lib/hotkeys";
import styles from "./Shell.module.css";

const WORDS = { connected: "Connected", connecting: "Connecting…", offline: "Offline, retrying" };

/** Whether what is shown is live, and the way to what is known of the server. */
export function ConnectionIndicator() {
  const status = useConnectionStatus();
  const [isOpen, setOpen] = useState(false);
  useChord(".", () => setOpen(true));
  return (
    <>
      <div role="status" aria-label={`Connection: ${WORDS[status]}`}>
        <Button
          className={styles.connection ?? ""}
          data-status={status}
          aria-label={`${WORDS[status]}: about the server`}
          onPress={() => setOpen(true)}
        >
          <span>{WORDS[status]}</span>
        </Button>
      </div>
      <ServerDialog isOpen={isOpen} onOpenChange={setOpen} />
    </>
  );
}
